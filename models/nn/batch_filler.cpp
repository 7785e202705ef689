#include "models/nn/batch_filler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "models/data/dataset.hpp"
#include "models/data/pipeline.hpp"
#include "models/data/target_scaler.hpp"
#include "models/nn/class_weights.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

// The weight of each draw times that of its class, brought to mean 1; nothing when all are equal.
std::vector<float> normalised_weights(const TrainingSet& set, TaskKind task, const Config& classes) {
  std::vector<std::int32_t> labels;
  if (task == TaskKind::classification)
    for (const std::uint32_t row : set.rows) labels.push_back(set.dataset.labels()[row]);
  const std::vector<double> factors = class_weights(classes, set.dataset.num_classes(), labels);
  if (set.weights.empty() && factors.empty()) return {};
  std::vector<double> raw(set.rows.size());
  double sum = 0;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    raw[i] = set.weights.empty() ? 1.0 : static_cast<double>(set.weights[i]);
    if (!factors.empty()) raw[i] *= factors[static_cast<std::size_t>(labels[i])];
    sum += raw[i];
  }
  if (!(sum > 0) || !std::isfinite(sum))
    throw DataError(fmt::format("the weights of the training rows sum to {} (there must be some to learn from)", sum));
  const double scale = static_cast<double>(raw.size()) / sum;
  std::vector<float> weights;
  weights.reserve(raw.size());
  for (const double weight : raw) weights.push_back(static_cast<float>(scale * weight));
  return weights;
}

}  // namespace

bool needs_soft_targets(const TrainOptions& options, std::string_view resolved_loss, TaskKind task) {
  return task == TaskKind::classification &&
         (resolved_loss != "cross_entropy" || options.label_smoothing > 0 || options.mixup > 0 || options.cutmix > 0);
}

std::span<const double> targets_of(const TrainingSet& set) noexcept {
  return set.targets.empty() ? set.dataset.targets() : set.targets;
}

void check_targets(const Dataset& dataset, std::span<const std::uint32_t> rows, Head head,
                   std::span<const double> targets) {
  const std::span<const double> values = targets.empty() ? dataset.targets() : targets;
  if (values.empty() || scales_targets(head)) return;
  const std::size_t width = values.size() / dataset.rows();
  for (const std::uint32_t row : rows)
    for (std::size_t k = 0; k < width; ++k) {
      const double value = values[row * width + k];
      if (value >= 0 && (value <= 1 || head == Head::exponential)) continue;
      throw DataError(fmt::format("target '{}' of row {} is {} (model.output = '{}' needs {})",
                                  targets.empty() ? dataset.schema().targets[k] : std::to_string(k), row, value,
                                  name(head),
                                  head == Head::exponential ? "counts, not less than 0" : "values from 0 to 1"));
    }
}

void check_class_options(const TrainOptions& options, TaskKind task, const Dataset& dataset) {
  const bool classes = task == TaskKind::classification;
  class_weights(options.class_weights, classes ? dataset.num_classes() : 0, {});
  if (!classes && options.label_smoothing > 0)
    throw ConfigError(fmt::format("train.label_smoothing = {} is for classification (values are learned, not classes)",
                                  options.label_smoothing));
}

BatchFiller::BatchFiller(const TrainingSet& set, const NetworkSpec& spec, const TrainOptions& options,
                         std::size_t batch)
    : set_(set),
      targets_(targets_of(set)),
      smoothing_(options.label_smoothing),
      rows_(batch),
      inputs_(set.pipeline, spec, batch) {
  const std::size_t outputs = static_cast<std::size_t>(spec.outputs) / outputs_per_target(spec.head);
  JURY_EXPECTS(spec.task == TaskKind::classification ? set.targets.empty()
                                                     : targets_.size() == set.dataset.rows() * outputs);
  check_class_options(options, spec.task, set.dataset);
  check_targets(set.dataset, set.rows, spec.head, set.targets);
  weights_ = normalised_weights(set, spec.task, options.class_weights);
}

void BatchFiller::fill(Plan& plan, std::span<const std::uint32_t> draws) {
  const auto count = static_cast<std::size_t>(plan.options().batch);
  const std::span<std::uint32_t> rows = std::span(rows_).first(count);
  for (std::size_t i = 0; i < count; ++i) rows[i] = set_.rows[draws[i < draws.size() ? i : 0]];
  inputs_.gather(set_.dataset, rows, plan.input().data());
  for (std::size_t i = 0; i < draws.size(); ++i) plan.row_weights()[i] = weights_.empty() ? 1.0F : weights_[draws[i]];
  std::fill(plan.row_weights().begin() + static_cast<std::ptrdiff_t>(draws.size()), plan.row_weights().end(), 0.0F);
  if (plan.spec().task == TaskKind::classification) {
    fill_classes(plan, rows);
  } else {
    fill_values(plan, rows);
  }
}

void BatchFiller::fill_classes(Plan& plan, std::span<const std::uint32_t> rows) const {
  if (!plan.options().soft_targets) {
    for (std::size_t i = 0; i < rows.size(); ++i) plan.labels()[i] = set_.dataset.labels()[rows[i]];
    return;
  }
  const auto classes = static_cast<std::size_t>(plan.spec().outputs);
  const double spread = smoothing_ / static_cast<double>(classes);
  const std::span<float> targets = plan.targets();
  std::fill(targets.begin(), targets.end(), static_cast<float>(spread));
  for (std::size_t i = 0; i < rows.size(); ++i)
    targets[i * classes + static_cast<std::size_t>(set_.dataset.labels()[rows[i]])] =
        static_cast<float>(1 - smoothing_ + spread);
}

void BatchFiller::fill_values(Plan& plan, std::span<const std::uint32_t> rows) const {
  const std::size_t width = targets_.size() / set_.dataset.rows();
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::size_t k = 0; k < width; ++k) {
      const double value = targets_[rows[i] * width + k];
      plan.targets()[i * width + k] =
          static_cast<float>(set_.target_scaler == nullptr ? value : set_.target_scaler->scaled(value, k));
    }
}

}  // namespace jury
