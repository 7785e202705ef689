#include "models/nn/validation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "models/data/dataset.hpp"
#include "models/nn/apply_head.hpp"
#include "models/nn/loss.hpp"
#include "models/nn/predict.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

constexpr auto kBlock = static_cast<std::size_t>(kPredictBlock);
constexpr std::string_view kPrefix = "valid.";

PlanOptions evaluation_options(const NetworkSpec& spec, const TrainOptions& options) {
  PlanOptions made = plan_options(spec, options, kBlock);
  made.evaluation = true;
  made.input_gradient = false;
  return made;
}

std::optional<std::size_t> watched_score(const TrainOptions& options, std::span<const Metric* const> metrics) {
  if (!options.early_stopping || options.early_stopping->metric == "valid.loss") return std::nullopt;
  const std::string_view wanted = options.early_stopping->metric;
  std::vector<std::string> known{"valid.loss"};
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    known.push_back(std::string(kPrefix) + std::string(metrics[i]->name));
    if (known.back() == wanted) return i;
  }
  throw ConfigError(fmt::format("train.early_stopping.metric = '{}' is no score of a validation (known: {})", wanted,
                                fmt::join(known, ", ")));
}

}  // namespace

Validation::Validation(const TrainingSet& set, const NetworkSpec& spec, const TrainOptions& options, PlanCache& plans)
    : set_(set),
      filler_(set, spec, options, kBlock),
      plan_(plans.get(spec, evaluation_options(spec, options))),
      metrics_(choose_metrics(
          spec.task == TaskKind::classification ? Outcome::classes : Outcome::values, {})),
      watched_(watched_score(options, metrics_)),
      predictions_(set.rows.size() * static_cast<std::size_t>(spec.outputs)) {
  const std::size_t width = set.dataset.num_targets();
  for (const std::uint32_t row : set.rows) {
    if (spec.task == TaskKind::classification) labels_.push_back(set.dataset.labels()[row]);
    for (std::size_t k = 0; spec.task == TaskKind::regression && k < width; ++k)
      values_.push_back(set.dataset.targets()[row * width + k]);
  }
}

Validation::Values Validation::measure(std::span<const float> params) {
  plan_->bind(params);
  const NetworkSpec& spec = plan_->spec();
  const auto outputs = static_cast<std::size_t>(spec.outputs);
  const AlignedBlock block(kBlock * outputs);
  std::vector<std::uint32_t> draws(set_.rows.size());
  std::iota(draws.begin(), draws.end(), 0U);
  Values values;
  for (std::size_t first = 0; first < draws.size(); first += kBlock) {
    const std::size_t count = std::min(kBlock, draws.size() - first);
    filler_.fill(*plan_, std::span(draws).subspan(first, count));
    values.loss += plan_->run();
    apply_head(spec, set_.target_scaler, plan_->output(), block.span().first(kBlock * outputs));
    std::copy_n(block.data(), count * outputs, predictions_.begin() + static_cast<std::ptrdiff_t>(first * outputs));
  }
  values.loss /= static_cast<double>(draws.size());
  Truth truth{.outcome = labels_.empty() ? Outcome::values : Outcome::classes,
              .num_outputs = labels_.empty() ? set_.dataset.num_targets() : outputs,
              .labels = labels_,
              .values = values_};
  for (const Metric* metric : metrics_) values.scores.push_back(score(*metric, truth, predictions_));
  return values;
}

double Validation::watched(const Values& values) const { return watched_ ? values.scores[*watched_] : values.loss; }

Better Validation::better() const noexcept {
  return watched_ && metrics_[*watched_]->direction == Direction::maximize ? Better::higher : Better::lower;
}

HeldOut validation_split(const TrainingSet& set, const EarlyStoppingOptions& options, std::uint64_t key) {
  const Dataset& dataset = set.dataset;
  const std::size_t first = dataset.num_train() - dataset.num_validation();
  HeldOut split;
  for (std::size_t i = 0; i < set.rows.size() && dataset.num_validation() > 0; ++i) {
    if (set.rows[i] >= first) {
      split.validation.push_back(set.rows[i]);
    } else {
      split.training.push_back(set.rows[i]);
      split.kept.push_back(static_cast<std::uint32_t>(i));
    }
  }
  if (!split.validation.empty() && !split.training.empty()) {
    std::ranges::sort(split.validation);
    split.validation.erase(std::unique(split.validation.begin(), split.validation.end()), split.validation.end());
    return split;
  }
  return hold_out(set.rows, dataset.labels(), options.fraction, key);
}

}  // namespace jury
