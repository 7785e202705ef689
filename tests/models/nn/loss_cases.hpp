// Every loss on targets with its formula as one would write it down, and batches to try them on.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <ostream>
#include <string>
#include <vector>

#include "models/nn/aligned_block.hpp"
#include "models/nn/loss_kernels.hpp"
#include "naive_layers.hpp"
#include "runtime/base/rng.hpp"

namespace jury {

using Row = std::vector<double>;

inline constexpr double kDelta = 0.7, kQuantile = 0.9;

inline Row softmaxed(const Row& x) {
  Row p;
  double sum = 0;
  for (const double value : x) sum += std::exp(value - x[0]);
  for (const double value : x) p.push_back(std::exp(value - x[0]) / sum);
  return p;
}

enum class Targets { distribution, shares, values, counts };

// A kernel with the loss of one row as one would write it down.
struct LossCase {
  std::string name;
  Targets targets;
  std::size_t sums_per_target;
  double (*kernel)(const LossBatch&);
  double (*row_loss)(const Row& x, const Row& t);
  bool of_mean;  ///< the reference sums over the outputs, the loss is their mean
};
inline void PrintTo(const LossCase& test, std::ostream* out) { *out << test.name; }

inline double naive_cross_entropy(const Row& x, const Row& t) {
  const Row p = softmaxed(x);
  double sum = 0;
  for (std::size_t c = 0; c < t.size(); ++c) sum -= t[c] * std::log(p[c]);
  return sum;
}
inline double naive_brier(const Row& x, const Row& t) {
  const Row p = softmaxed(x);
  double sum = 0;
  for (std::size_t c = 0; c < t.size(); ++c) sum += (p[c] - t[c]) * (p[c] - t[c]);
  return sum;
}
inline double naive_gaussian(const Row& x, const Row& t) {
  double sum = 0;
  for (std::size_t k = 0; k < t.size(); ++k) {
    const double variance = std::log(1 + std::exp(x[t.size() + k])) + 1e-6;
    sum += std::log(std::sqrt(2 * std::numbers::pi * variance)) + std::pow((t[k] - x[k]) / std::sqrt(variance), 2) / 2;
  }
  return sum;
}

template <double (*kPoint)(double, double)>
double summed(const Row& x, const Row& t) {
  double sum = 0;
  for (std::size_t k = 0; k < t.size(); ++k) sum += kPoint(x[k], t[k]);
  return sum;
}
inline double point_bce(double x, double t) {
  return -t * std::log(naive_sigmoid(x)) - (1 - t) * std::log(1 - naive_sigmoid(x));
}
inline double point_sigmoid(double x, double t) { return (naive_sigmoid(x) - t) * (naive_sigmoid(x) - t); }
inline double point_absolute(double x, double t) { return std::abs(x - t); }
inline double point_huber(double x, double t) {
  const double e = std::abs(x - t);
  return e <= kDelta ? e * e / 2 : kDelta * (e - kDelta / 2);
}
inline double point_quantile(double x, double t) { return std::max(kQuantile * (t - x), (kQuantile - 1) * (t - x)); }
inline double point_poisson(double x, double t) {
  double factorial = 1;
  for (int i = 2; i <= static_cast<int>(t); ++i) factorial *= i;
  return -std::log(std::pow(std::exp(x), t) * std::exp(-std::exp(x)) / factorial);
}

inline const std::vector<LossCase>& cases() {
  static const std::vector<LossCase> all = {
      {"SoftCrossEntropy", Targets::distribution, 1, soft_cross_entropy, naive_cross_entropy, false},
      {"SoftmaxSquaredError", Targets::distribution, 1, softmax_squared_error, naive_brier, true},
      {"BinaryCrossEntropy", Targets::shares, 1, binary_cross_entropy, summed<point_bce>, true},
      {"SigmoidSquaredError", Targets::shares, 1, sigmoid_squared_error, summed<point_sigmoid>, true},
      {"AbsoluteError", Targets::values, 1, absolute_error, summed<point_absolute>, true},
      {"Huber", Targets::values, 1, [](const LossBatch& batch) { return huber_error(batch, kDelta); },
       summed<point_huber>, true},
      {"Quantile", Targets::values, 1, [](const LossBatch& batch) { return quantile_error(batch, kQuantile); },
       summed<point_quantile>, true},
      {"GaussianNll", Targets::values, 2, gaussian_nll, naive_gaussian, true},
      {"Poisson", Targets::counts, 1, poisson_nll, summed<point_poisson>, true},
  };
  return all;
}

// A batch of its own memory, filled at random as the loss wants it.
struct OwnBatch {
  OwnBatch(const LossCase& test, std::size_t num_rows, std::size_t num_cols)
      : rows(num_rows),
        cols(num_cols),
        width(num_cols * test.sums_per_target),
        sums(rows * width + kVectorFloats),
        targets(rows * cols + kVectorFloats),
        weights(rows),
        d_sums(rows * width + kVectorFloats),
        scratch(rows) {
    Rng rng(10 * rows + cols);
    for (std::size_t i = 0; i < rows * width; ++i) sums.data()[i] = static_cast<float>(2 * rng.normal());
    for (std::size_t i = 0; i < rows; ++i) weights.data()[i] = static_cast<float>(0.5 + rng.uniform());
    for (std::size_t i = 0; i < rows * cols; ++i) targets.data()[i] = target(test.targets, rng);
    if (test.targets != Targets::distribution) return;
    for (std::size_t row = 0; row < rows; ++row) {
      float* t = targets.data() + row * cols;
      float sum = 0;
      for (std::size_t c = 0; c < cols; ++c) sum += t[c];
      for (std::size_t c = 0; c < cols; ++c) t[c] = sum > 0 ? t[c] / sum : c == 0 ? 1.0F : 0.0F;
    }
  }
  static float target(Targets kind, Rng& rng) {
    switch (kind) {
      case Targets::distribution:
      case Targets::shares:  // zeros and ones, and what is between
        return rng.below(3) == 0 ? static_cast<float>(rng.below(2)) : static_cast<float>(rng.uniform());
      case Targets::values:
        return static_cast<float>(rng.normal());
      case Targets::counts:
        return static_cast<float>(rng.below(9));
    }
    return 0;
  }
  LossBatch batch() const {
    return {.sums = sums.data(),
            .targets = targets.data(),
            .row_weights = weights.data(),
            .d_sums = d_sums.data(),
            .scratch = scratch.data(),
            .rows = rows,
            .cols = cols};
  }
  Row sums_of(std::size_t row) const { return {sums.data() + row * width, sums.data() + (row + 1) * width}; }
  Row targets_of(std::size_t row) const { return {targets.data() + row * cols, targets.data() + (row + 1) * cols}; }

  std::size_t rows, cols, width;
  AlignedBlock sums, targets, weights, d_sums, scratch;
};

// weight * loss of a row, by the formula.
inline double naive(const LossCase& test, const OwnBatch& own, std::size_t row, const Row& sums) {
  const double loss = test.row_loss(sums, own.targets_of(row));
  return static_cast<double>(own.weights.data()[row]) * loss / (test.of_mean ? static_cast<double>(own.cols) : 1.0);
}

}  // namespace jury
