// The truth of some rows of a dataset, as the scores want it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/data/dataset.hpp"
#include "models/ensemble/combine.hpp"
#include "models/metrics/decomposition.hpp"
#include "models/metrics/truth.hpp"
#include "models/nn/network.hpp"
#include "search/study/study_plan.hpp"

namespace jury {

/// Number of classes or targets.
std::size_t num_outputs(const Dataset& dataset) noexcept;
Outcome outcome_of(const Dataset& dataset) noexcept;

/// What members say of a row, as model.output and train.loss (or the loss of gradient boosting) decide.
struct Forecast {
  ValueKind kind = ValueKind::values;
  double quantile = 0.5;  ///< with ValueKind::quantiles
  bool operator==(const Forecast&) const = default;
};
/// Throws ConfigError when head, loss and task do not go together.
Forecast forecast_of(const Configuration& configuration, TaskKind task);
/// What the predictors of an experiment say: of a stack, what its bases do. Throws ConfigError also when
/// those differ.
Forecast forecast_of(const Experiment& experiment, TaskKind task);
/// What the network of a fit has to put out for these data; the rounds of gradient boosting put out values.
Outputs network_outputs(const StudyPlan& plan, const TaskKey& key, const Dataset& dataset);

/// Numbers of a row of predictions: num_outputs(), or twice as many with variances.
std::size_t prediction_width(const StudyPlan& plan);
/// The shape of the predictions of so many rows.
CombinationShape combination_shape(const StudyPlan& plan, std::size_t num_rows);

/// Labels or target values, weights, and what a generator knows, of the rows given, in their order.
/// Owns what truth() and noise_free() show. Neither copied nor moved.
class TruthOf {
 public:
  TruthOf(const Dataset& dataset, std::span<const std::uint32_t> rows, const Forecast& forecast);
  /// Of rows of the study's own dataset.
  TruthOf(const StudyPlan& plan, std::span<const std::uint32_t> rows);
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
  Forecast forecast_;
  std::vector<std::int32_t> labels_;
  std::vector<double> values_, clean_, posterior_;
  std::vector<float> weights_;
};

}  // namespace jury
