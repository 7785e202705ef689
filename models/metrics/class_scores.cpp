// Scores of predicted probabilities.
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "models/metrics/score_functions.hpp"
#include "runtime/base/numbers.hpp"

namespace jury {
namespace {

// Weighted mean over predicted rows of loss(row's probabilities, its label).
template <class Loss>
double mean_over_rows(const Truth& truth, Predictions probabilities, Loss&& loss) {
  double total = 0;
  double weight = 0;
  for (std::size_t row = 0; row < truth.num_rows(); ++row) {
    const Predictions p = row_of(probabilities, row, truth.num_outputs);
    if (!is_predicted(p)) continue;
    total += truth.weight(row) * loss(p, truth.labels[row]);
    weight += truth.weight(row);
  }
  return weight > 0 ? total / weight : kNaN;
}

}  // namespace

double accuracy(const Truth& truth, Predictions probabilities) {
  return mean_over_rows(truth, probabilities,
                        [](Predictions p, std::int32_t label) { return predicted_label(p) == label ? 1.0 : 0.0; });
}

double balanced_accuracy(const Truth& truth, Predictions probabilities) {
  std::vector<double> weight(truth.num_outputs);
  std::vector<double> found(truth.num_outputs);
  for (std::size_t row = 0; row < truth.num_rows(); ++row) {
    const Predictions p = row_of(probabilities, row, truth.num_outputs);
    if (!is_predicted(p)) continue;
    const auto label = static_cast<std::size_t>(truth.labels[row]);
    weight[label] += truth.weight(row);
    if (predicted_label(p) == truth.labels[row]) found[label] += truth.weight(row);
  }
  double total = 0;
  int present = 0;
  for (std::size_t c = 0; c < truth.num_outputs; ++c) {
    if (weight[c] <= 0) continue;
    total += found[c] / weight[c];
    ++present;
  }
  return present > 0 ? total / present : kNaN;
}

double log_loss(const Truth& truth, Predictions probabilities) {
  return mean_over_rows(truth, probabilities, [](Predictions p, std::int32_t label) {
    double sum = 0;
    for (const float value : p) sum += std::max(static_cast<double>(value), kSmallestProbability);
    return std::log(sum) -
           std::log(std::max(static_cast<double>(p[static_cast<std::size_t>(label)]), kSmallestProbability));
  });
}

double brier(const Truth& truth, Predictions probabilities) {
  return mean_over_rows(truth, probabilities, [](Predictions p, std::int32_t label) {
    double sum = 0;
    for (std::size_t c = 0; c < p.size(); ++c) {
      const double error = static_cast<double>(p[c]) - (static_cast<std::size_t>(label) == c ? 1.0 : 0.0);
      sum += error * error;
    }
    return sum;
  });
}

double expected_calibration_error(const Truth& truth, Predictions probabilities) {
  constexpr std::size_t bins = 15;
  std::array<double, bins> excess{};  // sum over the bin of weight (confidence - [right])
  double weight = 0;
  for (std::size_t row = 0; row < truth.num_rows(); ++row) {
    const Predictions p = row_of(probabilities, row, truth.num_outputs);
    if (!is_predicted(p)) continue;
    const std::int32_t label = predicted_label(p);
    const auto confidence = static_cast<double>(p[static_cast<std::size_t>(label)]);
    const double place = std::clamp(std::ceil(confidence * bins) - 1, 0.0, bins - 1.0);
    excess[static_cast<std::size_t>(place)] +=
        truth.weight(row) * (confidence - (label == truth.labels[row] ? 1.0 : 0.0));
    weight += truth.weight(row);
  }
  if (weight <= 0) return kNaN;
  double total = 0;
  for (const double bin : excess) total += std::abs(bin);
  return total / weight;
}

double top_accuracy(const Truth& truth, Predictions probabilities, std::size_t k) {
  return mean_over_rows(truth, probabilities, [&](Predictions p, std::int32_t label) {
    const auto own = static_cast<std::size_t>(label);
    std::size_t before = 0;
    for (std::size_t c = 0; c < p.size(); ++c) before += p[c] > p[own] || (p[c] == p[own] && c < own) ? 1U : 0U;
    return before < k ? 1.0 : 0.0;
  });
}

}  // namespace jury
