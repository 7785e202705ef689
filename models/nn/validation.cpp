#include "models/nn/validation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "models/data/dataset.hpp"
#include "models/nn/apply_head.hpp"
#include "models/nn/loss.hpp"
#include "models/nn/pairing.hpp"
#include "models/nn/predict.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace jury {
namespace {

constexpr std::string_view kPrefix = "valid.";

std::string watched_name(const Metric& metric) { return std::string(kPrefix) + std::string(metric.name); }

// Those that are always shown, and the one that early stopping looks at.
std::vector<const Metric*> scores_of(const NetworkSpec& spec, const TrainOptions& options) {
  const bool of_classes = spec.task == TaskKind::classification;
  const Outcome outcome = of_classes ? Outcome::classes : Outcome::values;
  const ValueKind kind =
      of_classes ? ValueKind::values : value_kind(spec.head, resolve_loss(options.loss, spec.head, spec.task));
  auto chosen = choose_metrics(outcome, {}, kind);
  for (const Metric& metric : metrics()) {
    if (metric.shown == Shown::always || metric.outcome != outcome || !options.early_stopping) continue;
    if (options.early_stopping->metric != watched_name(metric)) continue;
    const std::vector<std::string> wanted{std::string(metric.name)};
    chosen.push_back(
        choose_metrics(outcome, wanted, kind, of_classes ? static_cast<std::size_t>(spec.outputs) : 0).front());
  }
  return chosen;
}

std::optional<std::size_t> watched_score(const TrainOptions& options, std::span<const Metric* const> metrics) {
  if (!options.early_stopping || options.early_stopping->metric == "valid.loss") return std::nullopt;
  const std::string_view wanted = options.early_stopping->metric;
  std::vector<std::string> known{"valid.loss"};
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    known.push_back(watched_name(*metrics[i]));
    if (known.back() == wanted) return i;
  }
  std::vector<std::string> all;
  for (const Metric& metric : jury::metrics())
    if (metric.outcome == metrics.front()->outcome) all.push_back(watched_name(metric));
  throw ConfigError(fmt::format("train.early_stopping.metric = '{}' is no score of a validation (known: {}){}", wanted,
                                fmt::join(known, ", "), nearest_suggestion(wanted, {all.begin(), all.end()})));
}

}  // namespace

PlanOptions evaluation_options(const NetworkSpec& spec, const TrainOptions& options) {
  PlanOptions made = plan_options(spec, options, kPredictBlock);
  made.evaluation = true;
  made.input_gradient = false;
  return made;
}

Validation::Validation(const TrainingSet& set, const NetworkSpec& spec, const TrainOptions& options, PlanCache& plans)
    : set_(set),
      filler_(set, spec, options, kPredictBlock),
      plan_(plans.get(spec, evaluation_options(spec, options))),
      quantile_(options.quantile),
      metrics_(scores_of(spec, options)),
      watched_(watched_score(options, metrics_)),
      predictions_(set.rows.size() * static_cast<std::size_t>(spec.outputs)) {
  const std::span<const double> targets = targets_of(set);
  const std::size_t width = targets.size() / set.dataset.rows();
  for (const std::uint32_t row : set.rows) {
    if (spec.task == TaskKind::classification) labels_.push_back(set.dataset.labels()[row]);
    for (std::size_t k = 0; spec.task == TaskKind::regression && k < width; ++k)
      values_.push_back(targets[row * width + k]);
  }
}

Validation::Values Validation::measure(std::span<const float> params) {
  plan_->bind(params);
  const NetworkSpec& spec = plan_->spec();
  const auto outputs = static_cast<std::size_t>(spec.outputs);
  const AlignedBlock block(kPredictBlock * outputs);
  std::vector<std::uint32_t> draws(set_.rows.size());
  std::iota(draws.begin(), draws.end(), 0U);
  Values values;
  for (std::size_t first = 0; first < draws.size(); first += kPredictBlock) {
    const std::size_t count = std::min(kPredictBlock, draws.size() - first);
    filler_.fill(*plan_, std::span(draws).subspan(first, count));
    values.loss += plan_->run();
    apply_head(spec, set_.target_scaler, plan_->output(), block.span().first(kPredictBlock * outputs));
    std::copy_n(block.data(), count * outputs, predictions_.begin() + static_cast<std::ptrdiff_t>(first * outputs));
  }
  values.loss /= static_cast<double>(draws.size());
  const Truth truth{.outcome = labels_.empty() ? Outcome::values : Outcome::classes,
                    .num_outputs = labels_.empty() ? values_.size() / set_.rows.size() : outputs,
                    .labels = labels_,
                    .values = values_,
                    .weights = {},
                    .kind = value_kind(spec.head, plan_->options().loss),
                    .quantile = quantile_};
  for (const Metric* metric : metrics_) values.scores.push_back(score(*metric, truth, predictions_));
  return values;
}

double Validation::watched(const Values& values) const {
  if (!watched_) return values.loss;
  const Metric& metric = *metrics_[*watched_];
  return metric.direction == Direction::target ? loss_of(metric, values.scores[*watched_]) : values.scores[*watched_];
}

Better Validation::better() const noexcept {
  return watched_ && metrics_[*watched_]->direction == Direction::maximize ? Better::higher : Better::lower;
}

void check_early_stopping(const NetworkSpec& spec, const TrainOptions& options) {
  if (!options.early_stopping) return;
  const auto metrics = scores_of(spec, options);
  const auto watched = watched_score(options, metrics);
  const bool higher = watched && metrics[*watched]->direction == Direction::maximize;
  static_cast<void>(EarlyStopping(*options.early_stopping, higher ? Better::higher : Better::lower));
  const bool may_be_negative =
      watched ? metrics[*watched]->name == "nll" : plan_options(spec, options, 1).loss == "gaussian_nll";
  if (options.early_stopping->rule == "gl" && may_be_negative)
    throw ConfigError(
        "train.early_stopping.rule = \"gl\" needs a loss that is never negative (use patience for gaussian_nll)");
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
  const bool own_labels = set.targets.empty();  // classes say nothing of targets that are not the dataset's
  return hold_out(set.rows, own_labels ? dataset.labels() : std::span<const std::int32_t>(), options.fraction, key);
}

}  // namespace jury
