#include "models/metrics/scores.hpp"

#include <algorithm>
#include <limits>

#include "models/metrics/score_functions.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace jury {
namespace {

[[maybe_unused]] bool agrees(const Truth& truth, Predictions predictions) {
  if (truth.num_outputs == 0) return false;
  const std::size_t rows = truth.num_rows();
  if (truth.outcome == Outcome::values && truth.values.size() != rows * truth.num_outputs) return false;
  if (!truth.weights.empty() && truth.weights.size() != rows) return false;
  const auto inside = [&](std::int32_t label) {
    return label >= 0 && static_cast<std::size_t>(label) < truth.num_outputs;
  };
  return predictions.size() == rows * truth.width() && std::ranges::all_of(truth.labels, inside);
}

std::string_view name(Outcome outcome) {
  return outcome == Outcome::classes ? "classification" : "regression";
}

std::string_view name(ValueKind kind) {
  switch (kind) {
    case ValueKind::values:
      return "values";
    case ValueKind::means_and_variances:
      return "means and variances (model.output = \"mean_variance\")";
    case ValueKind::rates:
      return "rates (model.output = \"exponential\")";
    case ValueKind::probabilities:
      return "probabilities (model.output = \"sigmoid\")";
    case ValueKind::quantiles:
      return "quantiles (train.loss = \"quantile\")";
  }
  return "?";
}

bool suits(const Metric& metric, Outcome outcome, ValueKind kind) {
  return metric.outcome == outcome && (metric.needs == ValueKind::values || metric.needs == kind);
}

}  // namespace

std::span<const Metric> metrics() noexcept {
  using enum Direction;
  static constexpr Metric table[] = {
      {"accuracy", "share of rows whose class is found", maximize, Outcome::classes, accuracy},
      {"balanced_accuracy", "mean over classes of the share found", maximize, Outcome::classes, balanced_accuracy},
      {"log_loss", "mean -log of the true class's probability", minimize, Outcome::classes, log_loss},
      {"brier", "mean squared error of the probabilities, in [0, 2]", minimize, Outcome::classes, brier},
      {"ece", "expected calibration error, 15 bins", minimize, Outcome::classes, expected_calibration_error},
      {"mse", "mean squared error", minimize, Outcome::values, mean_squared_error},
      {"rmse", "root of the mean squared error", minimize, Outcome::values, root_mean_squared_error},
      {"mae", "mean absolute error", minimize, Outcome::values, mean_absolute_error},
      {"r2", "share of the variance that is explained", maximize, Outcome::values, r_squared},
      {"nll", "negative log likelihood of normal means and variances", minimize, Outcome::values,
       negative_log_likelihood, ValueKind::means_and_variances},
      {"poisson_deviance", "mean deviance of the rates of counts", minimize, Outcome::values, poisson_deviance,
       ValueKind::rates},
      {"binary_log_loss", "mean -log of the probability of each target's 0 or 1", minimize, Outcome::values,
       binary_log_loss, ValueKind::probabilities},
      {"pinball", "mean pinball loss at the quantile that is predicted", minimize, Outcome::values, pinball,
       ValueKind::quantiles},
  };
  return table;
}

const Metric& find_metric(std::string_view name) {
  std::vector<std::string_view> known;
  for (const Metric& metric : metrics()) {
    if (metric.name == name) return metric;
    known.push_back(metric.name);
  }
  throw ConfigError("there is no score '" + std::string(name) + "'" + suggestion(name, known));
}

std::vector<const Metric*> choose_metrics(Outcome outcome, std::span<const std::string> names, ValueKind kind) {
  std::vector<const Metric*> chosen;
  if (names.empty()) {
    for (const Metric& metric : metrics())
      if (suits(metric, outcome, kind)) chosen.push_back(&metric);
    return chosen;
  }
  for (const std::string& wanted : names) {
    const Metric& metric = find_metric(wanted);
    if (!suits(metric, outcome, kind)) {
      const bool other_task = metric.outcome != outcome;
      std::string fitting;
      for (const Metric* other : choose_metrics(outcome, {}, kind))
        fitting.append(fitting.empty() ? "" : ", ").append(other->name);
      throw ConfigError("the score '" + wanted + "' does not apply to " +
                        std::string(other_task ? name(outcome) : "these predictions") + " (it is for " +
                        std::string(other_task ? name(metric.outcome) : name(metric.needs)) + ") use " + fitting);
    }
    if (std::ranges::find(chosen, &metric) == chosen.end()) chosen.push_back(&metric);
  }
  return chosen;
}

double score(const Metric& metric, const Truth& truth, Predictions predictions) {
  JURY_EXPECTS(metric.outcome == truth.outcome);
  JURY_EXPECTS(suits(metric, truth.outcome, truth.kind));
  JURY_EXPECTS(agrees(truth, predictions));
  return metric.compute(truth, predictions);
}

bool is_better(const Metric& metric, double a, double b) noexcept {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(b) && !std::isnan(a);
  return metric.direction == Direction::maximize ? a > b : a < b;
}

}  // namespace jury
