// Scores of predicted values.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "models/metrics/crps.hpp"
#include "models/metrics/score_functions.hpp"
#include "runtime/base/numbers.hpp"

namespace jury {
namespace {

// What the scores of one target are made of, over its predicted rows.
struct TargetSums {
  double weight = 0;
  double squared_error = 0;
  double absolute_error = 0;
  double mean = 0;    // of the truth
  double spread = 0;  // weighted sum of the truth's squared deviations from its mean (West 1979)
  std::size_t rows = 0;
};

TargetSums sums_of(const Truth& truth, Predictions values, std::size_t target) {
  TargetSums sums;
  for (std::size_t row = 0; row < truth.num_rows(); ++row) {
    const double weight = truth.weight(row);
    const Predictions f = row_of(values, row, truth.width());
    if (weight <= 0 || !is_predicted(f)) continue;
    const double y = truth.values[row * truth.num_outputs + target];
    const double error = static_cast<double>(f[target]) - y;
    sums.weight += weight;
    sums.squared_error += weight * error * error;
    sums.absolute_error += weight * std::abs(error);
    const double delta = y - sums.mean;
    sums.mean += delta * (weight / sums.weight);
    sums.spread += weight * delta * (y - sums.mean);
    ++sums.rows;
  }
  return sums;
}

// Mean over targets of each target's score; NaN without a predicted row.
template <class Score>
double mean_over_targets(const Truth& truth, Predictions values, Score&& score) {
  double total = 0;
  for (std::size_t target = 0; target < truth.num_outputs; ++target) {
    const TargetSums sums = sums_of(truth, values, target);
    if (sums.rows == 0) return kNaN;
    total += score(sums);
  }
  return total / static_cast<double>(truth.num_outputs);
}

// Mean over rows, weighted, of the mean over targets of loss(y, the row's predictions, target).
template <class Loss>
double mean_over_rows_and_targets(const Truth& truth, Predictions predictions, Loss&& loss) {
  double total = 0, weights = 0;
  for (std::size_t row = 0; row < truth.num_rows(); ++row) {
    const double weight = truth.weight(row);
    const Predictions f = row_of(predictions, row, truth.width());
    if (weight <= 0 || !is_predicted(f)) continue;
    double sum = 0;
    for (std::size_t k = 0; k < truth.num_outputs; ++k) sum += loss(truth.values[row * truth.num_outputs + k], f, k);
    total += weight * sum / static_cast<double>(truth.num_outputs);
    weights += weight;
  }
  return weights > 0 ? total / weights : kNaN;
}

}  // namespace

double mean_squared_error(const Truth& truth, Predictions values) {
  return mean_over_targets(truth, values, [](const TargetSums& t) { return t.squared_error / t.weight; });
}

double root_mean_squared_error(const Truth& truth, Predictions values) {
  return mean_over_targets(truth, values, [](const TargetSums& t) { return std::sqrt(t.squared_error / t.weight); });
}

double mean_absolute_error(const Truth& truth, Predictions values) {
  return mean_over_targets(truth, values, [](const TargetSums& t) { return t.absolute_error / t.weight; });
}

double r_squared(const Truth& truth, Predictions values) {
  return mean_over_targets(truth, values, [](const TargetSums& t) {
    if (t.rows < 2) return kNaN;
    if (t.spread > 0) return 1 - t.squared_error / t.spread;
    return t.squared_error > 0 ? 0.0 : 1.0;
  });
}

double negative_log_likelihood(const Truth& truth, Predictions means_and_variances) {
  return mean_over_rows_and_targets(truth, means_and_variances, [&](double y, Predictions f, std::size_t k) {
    const double variance = static_cast<double>(f[truth.num_outputs + k]);
    const double error = y - static_cast<double>(f[k]);
    return 0.5 * (std::log(2 * std::numbers::pi * variance) + error * error / variance);
  });
}

double mean_absolute_percentage_error(const Truth& truth, Predictions values) {
  return mean_over_rows_and_targets(truth, values, [](double y, Predictions f, std::size_t k) {
    return std::abs(static_cast<double>(f[k]) - y) / std::max(std::abs(y), std::numeric_limits<double>::epsilon());
  });
}

double normal_crps(const Truth& truth, Predictions means_and_variances) {
  return mean_over_rows_and_targets(truth, means_and_variances, [&](double y, Predictions f, std::size_t k) {
    return crps_of_normal(y, static_cast<double>(f[k]), static_cast<double>(f[truth.num_outputs + k]));
  });
}

double interval_coverage(const Truth& truth, Predictions means_and_variances, int percent) {
  return mean_over_rows_and_targets(truth, means_and_variances, [&](double y, Predictions f, std::size_t k) {
    const double error = std::abs(y - static_cast<double>(f[k]));
    // 0 / 0 is a sure prediction that is met.
    const double inside = std::erf(error / std::sqrt(2 * static_cast<double>(f[truth.num_outputs + k])));
    return inside > percent / 100.0 ? 0.0 : 1.0;
  });
}

double poisson_deviance(const Truth& truth, Predictions rates) {
  return mean_over_rows_and_targets(truth, rates, [](double y, Predictions f, std::size_t k) {
    const double rate = static_cast<double>(f[k]);
    return 2 * ((y > 0 ? y * std::log(y / rate) : 0) - y + rate);
  });
}

double binary_log_loss(const Truth& truth, Predictions probabilities) {
  return mean_over_rows_and_targets(truth, probabilities, [](double y, Predictions f, std::size_t k) {
    const double p = std::clamp(static_cast<double>(f[k]), kSmallestProbability, 1 - kSmallestProbability);
    return -y * std::log(p) - (1 - y) * std::log1p(-p);
  });
}

double pinball(const Truth& truth, Predictions quantiles) {
  return mean_over_rows_and_targets(truth, quantiles, [&](double y, Predictions f, std::size_t k) {
    const double error = y - static_cast<double>(f[k]);
    return std::max(truth.quantile * error, (truth.quantile - 1) * error);
  });
}

}  // namespace jury
