// From rows of a dataset to the inputs of a network.
#pragma once

#include <cstdint>
#include <span>

#include "models/nn/aligned_block.hpp"
#include "models/nn/network.hpp"

namespace jury {

class Dataset;
class Pipeline;

/// Gathers rows through the preprocessing and puts their channels last where the file has them first.
class InputGather {
 public:
  /// For at most `max_rows` rows at once. Expects pipeline.width() inputs; both must outlive it.
  InputGather(const Pipeline& pipeline, const NetworkSpec& spec, std::size_t max_rows);

  /// out (rows.size(), inputs)
  void gather(const Dataset& dataset, std::span<const std::uint32_t> rows, float* out) const;
  /// One number per input, from the order of the file to that of the network.
  std::vector<float> reordered(std::span<const float> per_input) const;

 private:
  const Pipeline& pipeline_;
  std::size_t channels_ = 1, places_ = 1;
  AlignedBlock rows_;  // as the file has them; empty where nothing has to be moved
};

}  // namespace jury
