#include "models/ensemble/temperature.hpp"

#include <algorithm>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "models/ensemble/calibration_rows.hpp"

namespace jury {
namespace {

constexpr double kHottest = 100, kColdest = 0.01;
constexpr double kLargestFactor = 1e12, kSmallestFactor = 1e-12;

// Log-probabilities of the rows that count, less the row's largest.
struct LogRows {
  std::size_t width = 0;
  std::vector<double> logs;
  std::vector<double> of_label;
  std::vector<double> weights;

  // Derivative of the log loss by the inverse temperature b: sum w (E_b[z] - z_y), E_b over softmax(b z).
  double slope(double b) const noexcept {
    double total = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      double mean = 0, sum = 0;
      for (std::size_t c = 0; c < width; ++c) {
        const double z = logs[i * width + c], p = std::exp(b * z);
        mean += p * z;
        sum += p;
      }
      total += weights[i] * (mean / sum - of_label[i]);
    }
    return total;
  }
};

LogRows log_rows(const Truth& truth, Predictions predictions) {
  LogRows rows{.width = truth.num_outputs, .logs = {}, .of_label = {}, .weights = {}};
  for_each_counted_row(truth, predictions, [&](std::size_t row, Predictions p, double weight) {
    const double largest = clipped_log(static_cast<double>(std::ranges::max(p)));
    const std::size_t begin = rows.logs.size();
    for (const float value : p) rows.logs.push_back(clipped_log(static_cast<double>(value)) - largest);
    rows.of_label.push_back(rows.logs[begin + static_cast<std::size_t>(truth.labels[row])]);
    rows.weights.push_back(weight);
  });
  return rows;
}

}  // namespace

double fit_temperature(const Truth& truth, Predictions probabilities) {
  const LogRows rows = log_rows(truth, probabilities);
  const auto slope = [&](double log_inverse) { return rows.slope(std::exp(log_inverse)); };
  const double low = -std::log(kHottest), high = -std::log(kColdest);
  double weight = 0;
  for (const double w : rows.weights) weight += w;
  if (std::abs(slope(0)) <= 1e-14 * weight) return 1;  // so that equal probabilities have a temperature
  const double at_low = slope(low), at_high = slope(high);
  if (at_low >= 0) return kHottest;
  if (at_high <= 0) return kColdest;
  std::uintmax_t steps = 200;
  const auto [a, b] = boost::math::tools::toms748_solve(slope, low, high, at_low, at_high,
                                                        boost::math::tools::eps_tolerance<double>(48), steps);
  return std::exp(-0.5 * (a + b));
}

double fit_variance_factor(const Truth& truth, Predictions means_and_variances) {
  double total = 0, weights = 0;
  for_each_counted_row(truth, means_and_variances, [&](std::size_t row, Predictions f, double weight) {
    for (std::size_t k = 0; k < truth.num_outputs; ++k) {
      const double error = truth.values[row * truth.num_outputs + k] - static_cast<double>(f[k]);
      const float variance = std::max(f[truth.num_outputs + k], std::numeric_limits<float>::min());
      total += weight * error * error / static_cast<double>(variance);
      weights += weight;
    }
  });
  return std::clamp(total / weights, kSmallestFactor, kLargestFactor);
}

void apply_temperature(double temperature, std::span<float> p) {
  const auto label = static_cast<std::size_t>(predicted_label(p));
  const double largest = clipped_log(static_cast<double>(p[label]));
  std::vector<double> scaled;
  double sum = 0;
  for (const float value : p) {
    scaled.push_back(std::exp((clipped_log(static_cast<double>(value)) - largest) / temperature));
    sum += scaled.back();
  }
  for (std::size_t c = 0; c < p.size(); ++c) p[c] = static_cast<float>(scaled[c] / sum);
  // Rounding to float32 may tie classes that were not: the label must not move.
  if (static_cast<std::size_t>(predicted_label(p)) != label) p[label] = std::nextafter(std::ranges::max(p), 2.0F);
}

}  // namespace jury
