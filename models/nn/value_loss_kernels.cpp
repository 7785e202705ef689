// Losses of predicted values. Rows are few targets wide, so the loops are left to the compiler.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "models/nn/head.hpp"
#include "models/nn/loss_kernels.hpp"

namespace jury {
namespace {

// What one output adds to its row's loss before the mean over the outputs, and its slope.
struct Point {
  double loss, slope;
};

// sum_rows weight * mean over cols of point(sum, target).loss, and the gradient through its slopes.
template <class F>
double mean_over_targets(const LossBatch& batch, F&& point) {
  const std::size_t cols = batch.cols;
  double loss = 0;
  for (std::size_t row = 0; row < batch.rows; ++row) {
    const double weight = static_cast<double>(batch.row_weights[row]) / static_cast<double>(cols);
    const double scale = weight / static_cast<double>(batch.rows);
    double sum = 0;
    for (std::size_t i = row * cols; i < (row + 1) * cols; ++i) {
      const Point at = point(static_cast<double>(batch.sums[i]), static_cast<double>(batch.targets[i]));
      batch.d_sums[i] = static_cast<float>(scale * at.slope);
      sum += at.loss;
    }
    loss += weight * sum;
  }
  return loss;
}

// log(n!) of a count. std::lgamma writes a global, which threads share.
double log_factorial(double count) noexcept {
  int sign = 0;
  return ::lgamma_r(count + 1, &sign);
}

}  // namespace

double absolute_error(const LossBatch& batch) noexcept {
  return mean_over_targets(batch, [](double value, double target) -> Point {
    const double error = value - target;
    return {std::abs(error), error > 0 ? 1 : error < 0 ? -1 : error};  // NaN stays NaN
  });
}

double huber_error(const LossBatch& batch, double delta) noexcept {
  return mean_over_targets(batch, [delta](double value, double target) -> Point {
    const double error = value - target, size = std::abs(error);
    return {size > delta ? delta * (size - 0.5 * delta) : 0.5 * error * error, std::clamp(error, -delta, delta)};
  });
}

double quantile_error(const LossBatch& batch, double quantile) noexcept {
  return mean_over_targets(batch, [quantile](double value, double target) -> Point {
    const double error = value - target;
    const double slope = error > 0 ? 1 - quantile : error < 0 ? -quantile : error;
    return {slope * error, slope};
  });
}

// The sums of a row are its means, then what its variances are made of.
double gaussian_nll(const LossBatch& batch) noexcept {
  const std::size_t cols = batch.cols;
  const double constant = 0.5 * std::log(2 * std::numbers::pi);
  double loss = 0;
  for (std::size_t row = 0; row < batch.rows; ++row) {
    const double weight = static_cast<double>(batch.row_weights[row]) / static_cast<double>(cols);
    const double scale = weight / static_cast<double>(batch.rows);
    const float* means = batch.sums + 2 * row * cols;
    float* gradient = batch.d_sums + 2 * row * cols;
    double sum = 0;
    for (std::size_t k = 0; k < cols; ++k) {
      const double raw = static_cast<double>(means[cols + k]), variance = variance_of(raw);
      const double error = static_cast<double>(means[k]) - static_cast<double>(batch.targets[row * cols + k]);
      const double ratio = error / variance;
      gradient[k] = static_cast<float>(scale * ratio);
      // variance' = sigmoid(raw)
      gradient[cols + k] = static_cast<float>(scale * 0.5 * (1 / variance - ratio * ratio) / (1 + std::exp(-raw)));
      sum += constant + 0.5 * std::log(variance) + 0.5 * error * ratio;
    }
    loss += weight * sum;
  }
  return loss;
}

double poisson_nll(const LossBatch& batch) noexcept {
  return mean_over_targets(batch, [](double sum, double count) -> Point {
    const double rate = std::exp(sum);
    return {rate - count * sum + log_factorial(count), rate - count};
  });
}

}  // namespace jury
