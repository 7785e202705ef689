// The truth of some rows of a dataset, as the scores want it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/data/dataset.hpp"
#include "models/metrics/decomposition.hpp"
#include "models/metrics/truth.hpp"

namespace jury {

/// Number of columns of a prediction: classes or targets.
std::size_t num_outputs(const Dataset& dataset) noexcept;
Outcome outcome_of(const Dataset& dataset) noexcept;

/// Labels or target values, weights, and what a generator knows, of the rows given, in their order.
/// Owns what truth() and noise_free() show. Neither copied nor moved.
class TruthOf {
 public:
  TruthOf(const Dataset& dataset, std::span<const std::uint32_t> rows);
  TruthOf(const TruthOf&) = delete;
  TruthOf& operator=(const TruthOf&) = delete;

  Truth truth() const noexcept;
  /// Empty spans where the data are not from a generator.
  NoiseFree noise_free() const noexcept { return {.values = clean_, .posterior = posterior_, .bayes_labels = {}}; }
  std::span<const std::int32_t> labels() const noexcept { return labels_; }
  std::span<const double> values() const noexcept { return values_; }

 private:
  Outcome outcome_;
  std::size_t num_outputs_;
  std::vector<std::int32_t> labels_;
  std::vector<double> values_, clean_, posterior_;
  std::vector<float> weights_;
};

}  // namespace jury
