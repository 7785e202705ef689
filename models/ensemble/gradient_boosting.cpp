#include "models/ensemble/gradient_boosting.hpp"

#include <algorithm>
#include <cmath>

#include "models/ensemble/step_length.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

constexpr std::uint32_t kVersion = 1;

}  // namespace

GradientBoosting::GradientBoosting(const GradientBoostingOptions& options, const Truth& truth)
    : options_(options),
      truth_(truth),
      rule_{.loss = resolve_gradient_loss(options, truth.outcome, truth.num_outputs),
            .num_outputs = truth.num_outputs,
            .quantile = options.quantile},
      initial_(initial_values(rule_, truth)),
      values_(initial_of(initial_, truth.num_rows())) {
  renew_deltas();
  rule_ = round_rule_;
}

void GradientBoosting::renew_deltas() {
  round_rule_ = rule_;
  if (rule_.loss == GradientLoss::huber) round_rule_.deltas = huber_deltas(truth_, values_, options_.huber_share);
}

std::vector<double> GradientBoosting::residuals() const { return negative_gradient(round_rule_, truth_, values_); }

std::vector<double> GradientBoosting::chosen_steps(Predictions h) const {
  if (!options_.line_search) return std::vector<double>(width(), options_.learning_rate);
  std::vector<double> steps = step_lengths(round_rule_, truth_, values_, h);
  for (double& step : steps) step *= options_.learning_rate;
  std::vector<double> moved = values_;
  add_stage(moved, h, steps);
  const std::vector<double> before = output_losses(round_rule_, truth_, values_),
                            after = output_losses(round_rule_, truth_, moved);
  for (std::size_t k = 0; k < steps.size(); ++k) {
    const std::size_t of = before.size() == 1 ? 0 : k;
    if (!(after[of] <= before[of])) steps[k] = 0;
  }
  return steps;
}

GradientRound GradientBoosting::advance(Predictions h) {
  JURY_EXPECTS(h.size() == values_.size());
  JURY_EXPECTS(std::ranges::all_of(h, [](float value) { return std::isfinite(value); }));
  GradientRound round{.steps = chosen_steps(h)};
  add_stage(values_, h, round.steps);
  round.loss = mean_loss(round_rule_, truth_, values_);
  ++rounds_;
  renew_deltas();
  return round;
}

void GradientBoosting::save(ByteWriter& writer) const {
  writer.add(kVersion).add(rule_.loss).add(rounds_).add(values_);
}

void GradientBoosting::load(ByteReader& reader) {
  const auto version = reader.read<std::uint32_t>();
  const auto loss = reader.read<GradientLoss>();
  const auto rounds = reader.read<std::int32_t>();
  std::vector<double> values = reader.vector<double>();
  if (version != kVersion || loss != rule_.loss || rounds < 0 || values.size() != values_.size())
    throw DataError("the rounds of gradient boosting are of another model (or damaged)");
  rounds_ = rounds;
  values_ = std::move(values);
  renew_deltas();
}

std::vector<double> initial_of(std::span<const double> initial, std::size_t num_rows) {
  std::vector<double> values;
  values.reserve(initial.size() * num_rows);
  for (std::size_t row = 0; row < num_rows; ++row) values.insert(values.end(), initial.begin(), initial.end());
  return values;
}

void add_stage(std::span<double> values, Predictions h, std::span<const double> steps) {
  JURY_EXPECTS(h.size() == values.size() && values.size() % steps.size() == 0);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] += steps[i % steps.size()] * static_cast<double>(h[i]);
}

std::vector<float> predictions_of(const GradientRule& rule, std::span<const double> values) {
  std::vector<float> predictions;
  predictions.reserve(values.size());
  std::vector<double> row(rule.width());
  for (std::size_t at = 0; at < values.size(); at += row.size()) {
    std::ranges::copy(values.subspan(at, row.size()), row.begin());
    // 1 - p would lose the digits of a small share.
    if (rule.loss == GradientLoss::logistic) predictions.push_back(static_cast<float>(1 / (1 + std::exp(row[0]))));
    if (!rule.of_values()) to_probabilities(rule, row);
    for (const double value : row) predictions.push_back(static_cast<float>(value));
  }
  return predictions;
}

ValueKind kind_of(GradientLoss loss) noexcept {
  return loss == GradientLoss::quantile ? ValueKind::quantiles : ValueKind::values;
}

GradientStop gradient_stop(std::span<const double> losses, std::int32_t patience) {
  JURY_EXPECTS(!losses.empty() && patience > 0);
  GradientStop stop;
  for (std::size_t m = 1; m < losses.size(); ++m)
    if (losses[m] < losses[stop.best_round] || (std::isnan(losses[stop.best_round]) && !std::isnan(losses[m])))
      stop.best_round = m;
  stop.stops = losses.size() - 1 - stop.best_round >= static_cast<std::size_t>(patience);
  return stop;
}

}  // namespace jury
