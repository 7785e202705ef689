#include "models/metrics/scores.hpp"

#include <algorithm>
#include <cmath>

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

std::string_view name(Outcome outcome) { return outcome == Outcome::classes ? "classification" : "regression"; }

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

bool suits(const Metric& metric, Outcome outcome, ValueKind kind, std::size_t num_outputs) {
  return metric.outcome == outcome && (metric.needs == ValueKind::values || metric.needs == kind) &&
         (metric.num_classes == 0 || num_outputs == 0 || metric.num_classes == num_outputs);
}

[[noreturn]] void refuse(const Metric& metric, Outcome outcome, ValueKind kind, std::size_t num_outputs) {
  std::string fitting;
  for (const Metric& other : metrics())
    if (suits(other, outcome, kind, num_outputs)) fitting.append(fitting.empty() ? "" : ", ").append(other.name);
  std::string what(name(outcome)), why(name(metric.outcome));
  if (metric.outcome == outcome && metric.num_classes != 0) {
    what = std::to_string(num_outputs) + " classes";
    why = std::to_string(metric.num_classes) + " classes";
  } else if (metric.outcome == outcome) {
    what = "these predictions";
    why = name(metric.needs);
  }
  throw ConfigError("the score '" + std::string(metric.name) + "' does not apply to " + what + " (it is for " + why +
                    ") use " + fitting);
}

}  // namespace

const Metric& find_metric(std::string_view name) {
  std::vector<std::string_view> known;
  for (const Metric& metric : metrics()) {
    if (metric.name == name) return metric;
    known.push_back(metric.name);
  }
  throw ConfigError("there is no score '" + std::string(name) + "'" + suggestion(name, known));
}

std::vector<const Metric*> choose_metrics(Outcome outcome, std::span<const std::string> names, ValueKind kind,
                                          std::size_t num_outputs) {
  std::vector<const Metric*> chosen;
  for (const Metric& metric : metrics())
    if (names.empty() && metric.shown == Shown::always && suits(metric, outcome, kind, num_outputs))
      chosen.push_back(&metric);
  for (const std::string& wanted : names) {
    const Metric& metric = find_metric(wanted);
    if (!suits(metric, outcome, kind, num_outputs)) refuse(metric, outcome, kind, num_outputs);
    if (std::ranges::find(chosen, &metric) == chosen.end()) chosen.push_back(&metric);
  }
  return chosen;
}

double score(const Metric& metric, const Truth& truth, Predictions predictions) {
  JURY_EXPECTS(metric.outcome == truth.outcome);
  JURY_EXPECTS(suits(metric, truth.outcome, truth.kind, truth.num_outputs));
  JURY_EXPECTS(agrees(truth, predictions));
  return metric.compute(truth, predictions);
}

double loss_of(const Metric& metric, double score) noexcept {
  if (metric.direction == Direction::target) return std::abs(score - metric.target);
  return metric.direction == Direction::maximize ? -score : score;
}

bool is_better(const Metric& metric, double a, double b) noexcept {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(b) && !std::isnan(a);
  return loss_of(metric, a) < loss_of(metric, b);
}

}  // namespace jury
