#include "models/metrics/bootstrap_estimate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "runtime/base/rng.hpp"

namespace jury {
namespace {

constexpr double kIn = 0.632;  // 1 - 1/e, as both papers round it

// The truths of some rows, in an order that can be shifted.
struct Shifted {
  std::vector<std::int32_t> labels;
  std::vector<double> values;
  std::vector<float> weights;

  void rotate(std::size_t rows, std::size_t outputs) {
    if (!labels.empty()) std::ranges::rotate(labels, labels.begin() + static_cast<std::ptrdiff_t>(rows));
    if (!values.empty()) std::ranges::rotate(values, values.begin() + static_cast<std::ptrdiff_t>(rows * outputs));
    if (!weights.empty()) std::ranges::rotate(weights, weights.begin() + static_cast<std::ptrdiff_t>(rows));
  }
};

}  // namespace

BootstrapEstimate estimate_632(const BootstrapScores& scores) noexcept {
  return {.overfitting = std::numeric_limits<double>::quiet_NaN(),
          .weight = kIn,
          .value = (1 - kIn) * scores.apparent + kIn * scores.left_out};
}

BootstrapEstimate estimate_632plus(const BootstrapScores& scores, Direction direction) noexcept {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  if (std::isnan(scores.apparent + scores.left_out + scores.no_information))
    return {.overfitting = nan, .weight = nan, .value = nan};
  const double sign = direction == Direction::minimize ? 1 : -1;
  const double apparent = sign * scores.apparent, none = sign * scores.no_information;
  const double left_out = std::min(sign * scores.left_out, none);
  BootstrapEstimate estimate;
  if (left_out > apparent && none > apparent) estimate.overfitting = (left_out - apparent) / (none - apparent);
  estimate.weight = kIn / (1 - (1 - kIn) * estimate.overfitting);
  estimate.value = sign * ((1 - estimate.weight) * apparent + estimate.weight * left_out);
  return estimate;
}

double no_information_score(const Metric& metric, const Truth& truth, Predictions predictions, std::uint64_t key) {
  Shifted shifted;
  std::vector<float> predicted;
  std::size_t n = 0;
  for (std::size_t row = 0; row < truth.num_rows(); ++row) {
    const Predictions one = row_of(predictions, row, truth.width());
    if (!is_predicted(one) || !(truth.weight(row) > 0)) continue;
    ++n;
    predicted.insert(predicted.end(), one.begin(), one.end());
    if (!truth.labels.empty()) shifted.labels.push_back(truth.labels[row]);
    for (std::size_t k = 0; k < truth.num_outputs && !truth.values.empty(); ++k)
      shifted.values.push_back(truth.values[row * truth.num_outputs + k]);
    if (!truth.weights.empty()) shifted.weights.push_back(truth.weights[row]);
  }
  if (n == 0) return std::numeric_limits<double>::quiet_NaN();
  const std::size_t affordable = std::max<std::size_t>(1, kMostPairs / n);
  const std::size_t shifts = std::min(n, affordable);
  Rng rng(key);
  double sum = 0;
  for (std::size_t s = 0; s < shifts; ++s) {
    shifted.rotate(shifts == n ? 1 % n : rng.below(n), truth.num_outputs);
    Truth other = truth;
    other.labels = shifted.labels;
    other.values = shifted.values;
    other.weights = shifted.weights;
    sum += score(metric, other, predicted);
  }
  return sum / static_cast<double>(shifts);
}

}  // namespace jury
