// Adversarial examples to train on: train.adversarial.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/data/dataset.hpp"
#include "models/data/pipeline.hpp"

namespace jury {

/// Fast gradient sign (Goodfellow, Shlens, Szegedy 2015), each input in units of its range as in
/// Lakshminarayanan, Pritzel, Blundell 2017, who use epsilon = 0.01.
class Adversary {
 public:
  /// ranges (inputs), in the order of the inputs as perturb() is given them. Expects epsilon >= 0.
  Adversary(std::span<const float> ranges, double epsilon);

  /// out = inputs + epsilon * ranges[j] * sign(d_inputs), all (rows, inputs), where d_inputs is the
  /// gradient of the loss: a step uphill. out may be inputs. A gradient of 0 or NaN moves nothing.
  void perturb(const float* inputs, const float* d_inputs, float* out, std::size_t rows) const noexcept;

 private:
  std::vector<float> steps_;  // epsilon * range
};

/// Largest less smallest value of each output of the pipeline over the rows, in its order, gathered in
/// blocks: (pipeline.width()). Expects at least one row.
std::vector<float> input_ranges(const Dataset& dataset, const Pipeline& pipeline, std::span<const std::uint32_t> rows);

}  // namespace jury
