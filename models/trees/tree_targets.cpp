#include "models/trees/tree_targets.hpp"

#include <fmt/format.h>

#include <cmath>

#include "models/data/row_statistics.hpp"
#include "models/metrics/score_functions.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

std::vector<float> normalised(std::span<const float> weights) {
  if (weights.empty()) return {};
  double sum = 0;
  for (const float weight : weights) sum += static_cast<double>(weight);
  if (!(sum > 0) || !std::isfinite(sum))
    throw DataError(fmt::format("the weights of the training rows sum to {} (there must be some to learn from)", sum));
  const double scale = static_cast<double>(weights.size()) / sum;
  std::vector<float> out;
  out.reserve(weights.size());
  for (const float weight : weights) out.push_back(static_cast<float>(scale * static_cast<double>(weight)));
  return out;
}

// Targets of a draw, from the set's own or the dataset's.
struct Values {
  std::span<const double> targets;
  std::size_t outputs;

  explicit Values(const TreeTrainingSet& set)
      : targets(set.targets.empty() ? set.dataset.targets() : set.targets),
        outputs(set.targets.empty() ? set.dataset.num_targets() : set.targets.size() / set.rows.size()) {}
};

bool learns_classes(const TreeTrainingSet& set) {
  return set.targets.empty() && set.dataset.task() == TaskKind::classification;
}

TreeTargets targets_of(const TreeTrainingSet& set, const TargetScaler& scaler, std::span<const std::uint32_t> rows) {
  TreeTargets out;
  if (learns_classes(set)) {
    out.outputs = set.dataset.num_classes();
    for (const std::uint32_t row : rows) out.labels.push_back(set.dataset.labels()[row]);
    return out;
  }
  const Values values(set);
  out.task = TaskKind::regression;
  out.outputs = values.outputs;
  out.values.reserve(rows.size() * values.outputs);
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::size_t k = 0; k < values.outputs; ++k)
      out.values.push_back(scaler.scaled(values.targets[(set.targets.empty() ? rows[i] : i) * values.outputs + k], k));
  return out;
}

}  // namespace

std::vector<float> TreeTargets::numbers() const {
  std::vector<float> out;
  out.reserve(labels.size() + values.size());
  for (const std::int32_t label : labels) out.push_back(static_cast<float>(label));
  for (const double value : values) out.push_back(static_cast<float>(value));
  return out;
}

double TreeTargets::loss(std::span<const float> predictions) const {
  const bool classes = task == TaskKind::classification;
  const Truth truth{.outcome = classes ? Outcome::classes : Outcome::values,
                    .num_outputs = outputs,
                    .labels = labels,
                    .values = values,
                    .weights = weights};
  return classes ? log_loss(truth, predictions) : mean_squared_error(truth, predictions);
}

TargetScaler fit_tree_scaler(const TreeTrainingSet& set) {
  TargetScaler scaler;
  if (learns_classes(set)) return scaler;
  const Values values(set);
  for (std::size_t k = 0; k < values.outputs; ++k) {
    Moments moments;
    for (std::size_t i = 0; i < set.rows.size(); ++i) {
      const double weight = set.weights.empty() ? 1.0 : static_cast<double>(set.weights[i]);
      if (weight > 0)
        moments.merge({weight, values.targets[(set.targets.empty() ? set.rows[i] : i) * values.outputs + k], 0});
    }
    const double deviation = moments.deviation();
    scaler.mean.push_back(moments.mean);
    scaler.deviation.push_back(deviation > 1e-12 * std::abs(moments.mean) && deviation > 1e-300 ? deviation : 1);
  }
  return scaler;
}

TreeTargets training_targets(const TreeTrainingSet& set, const TargetScaler& scaler) {
  if (set.rows.empty()) throw DataError("there are no rows to train on (the training set is empty)");
  TreeTargets out = targets_of(set, scaler, set.rows);
  out.weights = normalised(set.weights);
  return out;
}

TreeTargets validation_targets(const TreeTrainingSet& set, const TargetScaler& scaler) {
  return targets_of(set, scaler, set.validation);
}

}  // namespace jury
