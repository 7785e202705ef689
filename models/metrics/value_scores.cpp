// Scores of predicted values.
#include <cmath>
#include <limits>

#include "models/metrics/score_functions.hpp"

namespace jury {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

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
    if (weight <= 0 || !is_predicted(row_of(values, row, truth.num_outputs))) continue;
    const std::size_t at = row * truth.num_outputs + target;
    const double y = truth.values[at];
    const double error = static_cast<double>(values[at]) - y;
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

}  // namespace jury
