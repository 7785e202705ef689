// What happens to weights beside an optimizer's step: noise, and layers with rates of their own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/nn/network.hpp"

namespace jury {

/// A part of the flat parameter block.
struct WeightRange {
  std::size_t offset = 0, size = 0;
  double factor = 1;  ///< of the learning rate
};

/// Gaussian noise on the weights (not biases) of what trains while a step's gradient is computed (An
/// 1996): add() before, remove() after, which brings back the same bits.
class WeightNoise {
 public:
  WeightNoise(const Network& network, double deviation);

  void add(std::span<float> params, std::uint64_t key, std::uint64_t step);
  void remove(std::span<float> params) const;

 private:
  double deviation_;
  std::vector<WeightRange> ranges_;
  std::vector<float> kept_;
};

/// Layers whose learning rate has a factor: an optimizer's step is scaled by it, which for every rule
/// here is the same as scaling its rate. A factor of 0 leaves a layer as it was, decay and all.
class LayerRates {
 public:
  explicit LayerRates(const Network& network);

  void before_step(std::span<const float> params);
  /// params <- old + factor * (params - old)
  void after_step(std::span<float> params) const;

 private:
  std::vector<WeightRange> ranges_;
  std::vector<float> kept_;
};

}  // namespace jury
