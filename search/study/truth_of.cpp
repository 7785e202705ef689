#include "search/study/truth_of.hpp"

#include "models/ensemble/gradient_boosting.hpp"
#include "models/nn/pairing.hpp"

namespace jury {
namespace {

// Rows of a row-major matrix with `width` columns; nothing when the matrix is empty.
template <class To, class From>
std::vector<To> take(std::span<const From> matrix, std::span<const std::uint32_t> rows, std::size_t width) {
  std::vector<To> out;
  if (matrix.empty()) return out;
  out.reserve(rows.size() * width);
  for (const std::uint32_t row : rows)
    for (std::size_t c = 0; c < width; ++c) out.push_back(static_cast<To>(matrix[row * width + c]));
  return out;
}

}  // namespace

std::size_t num_outputs(const Dataset& dataset) noexcept {
  return dataset.task() == TaskKind::classification ? dataset.num_classes() : dataset.num_targets();
}

Outcome outcome_of(const Dataset& dataset) noexcept {
  return dataset.task() == TaskKind::classification ? Outcome::classes : Outcome::values;
}

Forecast forecast_of(const Configuration& configuration, TaskKind task) {
  if (configuration.ensemble.method == "gradient_boosting") {
    if (task == TaskKind::classification) return {};
    const GradientBoostingOptions& gradient = configuration.ensemble.gradient;
    return {.kind = kind_of(resolve_gradient_loss(gradient, Outcome::values, 1)), .quantile = gradient.quantile};
  }
  const Pairing& pairing = resolve_pairing(configuration.model.output, configuration.train.loss, task);
  if (task == TaskKind::classification) return {};
  return {.kind = value_kind(pairing.head, pairing.loss), .quantile = configuration.train.quantile};
}

Forecast forecast_of(const Experiment& experiment, TaskKind task) {
  if (experiment.bases.empty()) return forecast_of(static_cast<const Configuration&>(experiment), task);
  const Forecast first = forecast_of(experiment.bases.front(), task);
  for (const Configuration& base : experiment.bases)
    if (forecast_of(base, task) != first)
      throw ConfigError("ensemble.base: " + experiment.bases.front().name + " and " + base.name +
                        " do not predict the same kind of thing (give them the same model.output and train.loss)");
  return first;
}

Outputs network_outputs(const StudyPlan& plan, const TaskKey& key, const Dataset& dataset) {
  const Configuration& configuration = plan.configuration(key);
  if (plan.method(key).name == "gradient_boosting") {
    const GradientRule rule{
        .loss = resolve_gradient_loss(configuration.ensemble.gradient, outcome_of(dataset), num_outputs(dataset)),
        .num_outputs = num_outputs(dataset)};
    return {.task = TaskKind::regression, .count = static_cast<std::int32_t>(rule.width()), .loss = "mse"};
  }
  return {.task = dataset.task(),
          .count = static_cast<std::int32_t>(num_outputs(dataset)),
          .loss = configuration.train.loss};
}

std::size_t prediction_width(const StudyPlan& plan) { return combination_shape(plan, 0).width(); }

CombinationShape combination_shape(const StudyPlan& plan, std::size_t num_rows) {
  return {.outcome = outcome_of(plan.dataset()),
          .num_rows = num_rows,
          .num_outputs = num_outputs(plan.dataset()),
          .kind = forecast_of(plan.experiment(), plan.dataset().task()).kind};
}

TruthOf::TruthOf(const StudyPlan& plan, std::span<const std::uint32_t> rows)
    : TruthOf(plan.dataset(), rows, forecast_of(plan.experiment(), plan.dataset().task())) {}

TruthOf::TruthOf(const Dataset& dataset, std::span<const std::uint32_t> rows, const Forecast& forecast)
    : outcome_(outcome_of(dataset)),
      num_outputs_(jury::num_outputs(dataset)),
      forecast_(forecast),
      labels_(take<std::int32_t>(dataset.labels(), rows, 1)),
      values_(take<double>(dataset.targets(), rows, num_outputs_)),
      clean_(take<double>(dataset.truth(), rows, num_outputs_)),
      posterior_(take<double>(dataset.posterior(), rows, num_outputs_)),
      weights_(take<float>(dataset.weight(), rows, 1)) {}

Truth TruthOf::truth() const noexcept {
  return {.outcome = outcome_,
          .num_outputs = num_outputs_,
          .labels = labels_,
          .values = values_,
          .weights = weights_,
          .kind = forecast_.kind,
          .quantile = forecast_.quantile};
}

}  // namespace jury
