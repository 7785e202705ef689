#include "models/ensemble/conformal.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "runtime/base/error.hpp"
#include "runtime/base/numbers.hpp"

namespace jury {
namespace {

bool is_of_classes(ConformalScore score) noexcept {
  return score == ConformalScore::lac || score == ConformalScore::aps;
}

void check_suits(ConformalScore score, const Truth& truth) {
  if (is_of_classes(score) != (truth.outcome == Outcome::classes))
    throw ConfigError(
        is_of_classes(score)
            ? "conformal sets do not suit regression (they are sets of classes) use absolute or normalised"
            : "conformal intervals do not suit classification (they are intervals of values) use lac or aps");
  if (score == ConformalScore::normalised && truth.kind != ValueKind::means_and_variances)
    throw ConfigError(
        "normalised conformal intervals need predicted variances (the model predicts values alone) use "
        "absolute, or model.output = \"mean_variance\"");
}

// What a width is a multiple of: 1, or the predicted deviation.
double unit_of(ConformalScore score, Predictions f, std::size_t target, std::size_t num_outputs) noexcept {
  return score == ConformalScore::normalised ? std::sqrt(static_cast<double>(f[num_outputs + target])) : 1;
}

// |y - f| / unit; a prediction that says 0 may err by 0 alone.
double value_score(double error, double unit) noexcept { return error == 0 ? 0 : std::abs(error) / unit; }

// Scores of all classes of a row.
std::vector<double> class_scores(ConformalScore score, Predictions p) {
  std::vector<double> scores(p.size());
  if (score == ConformalScore::lac) {
    for (std::size_t c = 0; c < p.size(); ++c) scores[c] = 1 - static_cast<double>(p[c]);
    return scores;
  }
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return p[a] > p[b]; });
  double sum = 0;
  for (const std::size_t c : order) {
    scores[c] = sum;
    sum += static_cast<double>(p[c]);
  }
  if (sum > 0)
    for (double& value : scores) value /= sum;
  return scores;
}

Coverage finished(Coverage sums) noexcept {
  const double count = sums.count > 0 ? static_cast<double>(sums.count) : kNaN;
  return {sums.count, sums.coverage / count, sums.mean_size / count};
}

}  // namespace

double conformal_quantile(std::span<const double> scores, double alpha) {
  JURY_EXPECTS(alpha > 0 && alpha < 1);
  std::vector<double> present;
  for (const double score : scores)
    if (!std::isnan(score)) present.push_back(score);
  // ceil((n + 1)(1 - alpha)) without the rounding of 1 - alpha; 1e-9 so that 100 * 0.29 is 29.
  const auto above = static_cast<std::size_t>(std::floor(static_cast<double>(present.size() + 1) * alpha + 1e-9));
  if (above == 0) return kInfinity;
  const auto rank = present.size() + 1 - std::min(above, present.size());
  if (present.empty()) return kInfinity;
  const auto at = present.begin() + static_cast<std::ptrdiff_t>(rank - 1);
  std::ranges::nth_element(present, at);
  return *at;
}

SplitConformal::SplitConformal(const Truth& truth, Predictions predictions, const ConformalOptions& options)
    : score_(options.score), num_outputs_(truth.num_outputs), width_(truth.width()) {
  check_suits(score_, truth);
  JURY_EXPECTS(predictions.size() == truth.num_rows() * width_);
  std::vector<std::vector<double>> scores(is_of_classes(score_) ? 1 : num_outputs_);
  for (std::size_t row = 0; row < truth.num_rows(); ++row) {
    const Predictions f = row_of(predictions, row, width_);
    if (!is_predicted(f)) continue;
    if (is_of_classes(score_)) {
      scores[0].push_back(class_scores(score_, f)[static_cast<std::size_t>(truth.labels[row])]);
      continue;
    }
    for (std::size_t k = 0; k < num_outputs_; ++k)
      scores[k].push_back(value_score(truth.values[row * num_outputs_ + k] - static_cast<double>(f[k]),
                                      unit_of(score_, f, k, num_outputs_)));
  }
  for (const auto& of_target : scores) thresholds_.push_back(conformal_quantile(of_target, options.alpha));
}

SplitConformal::SplitConformal(ConformalScore score, const CombinationShape& shape, std::vector<double> thresholds)
    : score_(score), num_outputs_(shape.num_outputs), width_(shape.width()), thresholds_(std::move(thresholds)) {
  JURY_EXPECTS(thresholds_.size() == (is_of_classes(score) ? 1 : num_outputs_));
  JURY_EXPECTS(is_of_classes(score) == (shape.outcome == Outcome::classes));
}

std::vector<Interval> SplitConformal::intervals(Predictions predictions) const {
  JURY_EXPECTS(!is_of_classes(score_) && predictions.size() % width_ == 0);
  std::vector<Interval> result;
  for (std::size_t row = 0; row < predictions.size() / width_; ++row) {
    const Predictions f = row_of(predictions, row, width_);
    for (std::size_t k = 0; k < num_outputs_; ++k) {
      const double unit = unit_of(score_, f, k, num_outputs_), middle = static_cast<double>(f[k]);
      // An infinite threshold promises nothing of a deviation of 0, either.
      const double half = std::isinf(thresholds_[k]) ? kInfinity : thresholds_[k] * unit;
      result.push_back(is_predicted(f) ? Interval{middle - half, middle + half} : Interval{kNaN, kNaN});
    }
  }
  return result;
}

std::vector<std::int8_t> SplitConformal::sets(Predictions probabilities) const {
  JURY_EXPECTS(is_of_classes(score_) && probabilities.size() % num_outputs_ == 0);
  std::vector<std::int8_t> result(probabilities.size(), -1);
  for (std::size_t row = 0; row < probabilities.size() / num_outputs_; ++row) {
    const Predictions p = row_of(probabilities, row, num_outputs_);
    if (!is_predicted(p)) continue;
    const std::vector<double> scores = class_scores(score_, p);
    const std::span<std::int8_t> set(result.data() + row * num_outputs_, num_outputs_);
    for (std::size_t c = 0; c < num_outputs_; ++c) set[c] = scores[c] <= thresholds_[0] ? 1 : 0;
  }
  return result;
}

Coverage coverage_of_intervals(const Truth& truth, std::span<const Interval> intervals) {
  JURY_EXPECTS(truth.outcome == Outcome::values && intervals.size() == truth.values.size());
  Coverage sums;
  for (std::size_t i = 0; i < intervals.size(); ++i) {
    const Interval& interval = intervals[i];
    if (std::isnan(interval.low) || std::isnan(interval.high)) continue;
    ++sums.count;
    if (interval.low <= truth.values[i] && truth.values[i] <= interval.high) ++sums.coverage;
    sums.mean_size += interval.high - interval.low;
  }
  return finished(sums);
}

Coverage coverage_of_sets(const Truth& truth, std::span<const std::int8_t> sets) {
  JURY_EXPECTS(truth.outcome == Outcome::classes && sets.size() == truth.num_rows() * truth.num_outputs);
  Coverage sums;
  for (std::size_t row = 0; row < truth.num_rows(); ++row) {
    const auto set = sets.subspan(row * truth.num_outputs, truth.num_outputs);
    if (set[0] < 0) continue;
    ++sums.count;
    if (set[static_cast<std::size_t>(truth.labels[row])] > 0) ++sums.coverage;
    sums.mean_size += static_cast<double>(std::ranges::count(set, std::int8_t{1}));
  }
  return finished(sums);
}

}  // namespace jury
