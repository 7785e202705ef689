#include "models/metrics/interval.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/base/numbers.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

struct WeightedLoss {
  double weight;
  double product;  // weight times loss
};

// Of sorted values, linear between the two nearest: position q (n - 1).
double quantile(const std::vector<double>& sorted, double q) {
  const double position = q * static_cast<double>(sorted.size() - 1);
  const double below = std::floor(position);
  const auto i = static_cast<std::size_t>(below);
  const std::size_t j = std::min(i + 1, sorted.size() - 1);
  return sorted[i] + (position - below) * (sorted[j] - sorted[i]);
}

}  // namespace

Interval percentile_interval(std::vector<double> values, double level) {
  JURY_EXPECTS(level > 0 && level < 1);
  if (values.empty()) return {kNaN, kNaN};
  std::ranges::sort(values);
  const double tail = (1 - level) / 2;
  return {quantile(values, tail), quantile(values, 1 - tail)};
}

Interval bootstrap_interval(std::span<const double> losses, std::span<const float> weights, std::uint64_t key,
                            const IntervalOptions& options) {
  JURY_EXPECTS(options.level > 0 && options.level < 1);
  JURY_EXPECTS(weights.empty() || weights.size() == losses.size());
  std::vector<WeightedLoss> rows;
  rows.reserve(losses.size());
  for (std::size_t i = 0; i < losses.size(); ++i) {
    const double weight = weights.empty() ? 1.0 : static_cast<double>(weights[i]);
    if (!std::isnan(losses[i]) && weight > 0) rows.push_back({weight, weight * losses[i]});
  }
  if (rows.empty() || options.resamples == 0) return {kNaN, kNaN};

  Rng rng(key);
  std::vector<double> means(options.resamples);
  for (double& mean : means) {
    double weight = 0;
    double product = 0;
    for (std::size_t draw = 0; draw < rows.size(); ++draw) {
      const WeightedLoss& row = rows[rng.below(rows.size())];
      weight += row.weight;
      product += row.product;
    }
    mean = product / weight;
  }
  return percentile_interval(std::move(means), options.level);
}

Interval bootstrap_metric_interval(const Metric& metric, const Truth& truth, Predictions predictions, std::uint64_t key,
                                   const IntervalOptions& options) {
  JURY_EXPECTS(options.level > 0 && options.level < 1);
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < truth.num_rows(); ++row)
    if (truth.weight(row) > 0 && is_predicted(row_of(predictions, row, truth.width()))) rows.push_back(row);
  if (rows.empty()) return {kNaN, kNaN};

  const std::size_t affordable = std::max(kFewestResamples, kMostResampledNumbers / predictions.size());
  Rng rng(key);
  std::vector<float> weights(truth.num_rows());
  Truth resample = truth;
  resample.weights = weights;
  std::vector<double> scores;
  for (std::size_t i = 0; i < std::min(options.resamples, affordable); ++i) {
    std::ranges::fill(weights, 0.0F);
    for (std::size_t draw = 0; draw < rows.size(); ++draw) {
      const std::size_t row = rows[rng.below(rows.size())];
      weights[row] += truth.weights.empty() ? 1.0F : truth.weights[row];
    }
    if (const double value = score(metric, resample, predictions); !std::isnan(value)) scores.push_back(value);
  }
  return percentile_interval(std::move(scores), options.level);
}

MeanError mean_over_folds(std::span<const double> values) noexcept {
  double mean = 0;
  double spread = 0;
  std::size_t count = 0;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    ++count;
    const double delta = value - mean;
    mean += delta / static_cast<double>(count);
    spread += delta * (value - mean);
  }
  if (count == 0) return {kNaN, kNaN, 0};
  if (count == 1) return {mean, kNaN, 1};
  const auto n = static_cast<double>(count);
  return {mean, std::sqrt(spread / (n - 1) / n), count};
}

}  // namespace jury
