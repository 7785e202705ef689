// The networks that are measured, and made-up data for them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/data/dataset.hpp"
#include "models/data/pipeline.hpp"
#include "models/nn/network.hpp"
#include "models/nn/train.hpp"

namespace jury {

/// A network, and the rows of a step.
struct BenchNet {
  std::string_view name;  ///< "64-100-10@128": inputs, hidden layers, outputs, rows of a batch
  ModelOptions model;
  Shape input;  ///< of one sample
  std::int32_t outputs = 2;
  std::int32_t batch = 32;
  Storage storage = Storage::f32;  ///< of the samples: bytes where their like are images
  std::string precision = "f32";
};

/// Every network that is measured; a new one is a line of this table.
std::span<const BenchNet> bench_nets();

/// The named ones in the order of their names, or all. Throws ConfigError at a name that is unknown.
std::vector<BenchNet> bench_nets_called(std::span<const std::string> names);

/// Training samples of a net's shape: normal (or byte) inputs, and labels without a rule.
Dataset made_up_data(const BenchNet& net, std::size_t rows);

/// A network with everything that it is trained with.
struct BenchCase {
  BenchNet net;
  NetworkSpec spec;
  Dataset dataset;
  Pipeline pipeline;
  std::vector<std::uint32_t> rows;  ///< for training

  TrainingSet training_set() const noexcept { return {.dataset = dataset, .pipeline = pipeline, .rows = rows}; }
};

/// The network over these samples, preprocessed as they are by default. Throws ConfigError when it does not fit
/// them, or when its type or precision is not available here.
BenchCase make_case(const BenchNet& net, const Dataset& dataset);

}  // namespace jury
