// Bases that see the truth through noise, for the tests of stacks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "models/ensemble/stacking.hpp"
#include "models/metrics/truth.hpp"
#include "runtime/base/rng.hpp"

namespace jury {

/// Values are normal, 10 +- 3; labels are uniform.
struct NoisyBases {
  Outcome outcome;
  std::size_t outputs;
  std::vector<std::int32_t> labels;
  std::vector<double> values;
  std::vector<float> weights;
  std::vector<std::vector<float>> predictions;

  NoisyBases(Outcome outcome_, std::size_t rows, std::size_t outputs_, std::uint64_t seed)
      : outcome(outcome_), outputs(outputs_), rng_(seed) {
    for (std::size_t i = 0; outcome == Outcome::classes && i < rows; ++i)
      labels.push_back(static_cast<std::int32_t>(rng_.below(outputs)));
    for (std::size_t i = 0; outcome == Outcome::values && i < rows * outputs; ++i)
      values.push_back(10 + 3 * rng_.normal());
  }
  std::size_t rows() const { return outcome == Outcome::classes ? labels.size() : values.size() / outputs; }

  /// Without noise it is the truth itself, or its one-hot probabilities.
  void add(double noise) {
    std::vector<float> predicted;
    for (std::size_t row = 0; row < rows(); ++row) {
      std::vector<double> f(outputs);
      double sum = 0;
      for (std::size_t k = 0; k < outputs; ++k)
        sum += f[k] = truth_at(row, k) + noise * (outcome == Outcome::values ? rng_.normal() : rng_.uniform());
      if (outcome == Outcome::values) sum = 1;
      for (const double value : f) predicted.push_back(static_cast<float>(value / sum));
    }
    predictions.push_back(std::move(predicted));
  }
  double truth_at(std::size_t row, std::size_t k) const {
    if (outcome == Outcome::values) return values[row * outputs + k];
    return labels[row] == static_cast<std::int32_t>(k) ? 1 : 0;
  }
  Truth truth() const {
    return {.outcome = outcome, .num_outputs = outputs, .labels = labels, .values = values, .weights = weights};
  }
  std::vector<Predictions> spans() const { return {predictions.begin(), predictions.end()}; }
  StackModel fit(std::string meta, double ridge = 1) const {
    const auto bases = spans();
    return fit_stack({.meta = std::move(meta), .ridge = ridge}, truth(), bases);
  }
  std::vector<float> predict(const StackModel& model) const {
    const auto bases = spans();
    return predict_stack(model, bases);
  }

 private:
  Rng rng_;
};

}  // namespace jury
