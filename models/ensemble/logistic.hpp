// Logistic regression over several classes, each of which has features of its own.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <span>

namespace jury {

/// Scores of row r are s(r, c) = a(c) + sum_j b(c, j) x(r, c, j), probabilities their softmax (McFadden
/// 1974). `features` is (rows, classes * (1 + J)): of each class a 1 for the intercept, then its x.
struct LogisticProblem {
  using Features = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

  Features features;
  std::size_t num_classes = 1;
  std::span<const std::int32_t> labels = {};  ///< (rows)
  std::span<const double> weights = {};       ///< (rows)
  double ridge = 0;                           ///< of the coefficients, not of the intercepts
};

struct LogisticFit {
  Eigen::VectorXd coefficients;  ///< (classes * (1 + J)), as the features; intercepts sum to 0
  std::int32_t iterations = 0;
  bool converged = false;  ///< to kLogisticTolerance; when not, the best that was found
};

/// Largest absolute derivative at which a fit is done, per unit of weight.
inline constexpr double kLogisticTolerance = 1e-10;

/// Minimises sum_r w(r) (-log p(r, y(r))) + ridge / 2 |b|^2 from 0 on, by Newton's method (which is
/// iteratively reweighted least squares) with halved steps (Armijo). Steps are those of least norm, so
/// that features that depend on each other do no harm; without ridge, classes that can be told apart
/// completely end when their derivatives do. Expects at least one row, positive weights, finite features.
/// O(rows * columns^2 + columns^3) per iteration, of which there are ten or so.
LogisticFit fit_logistic(const LogisticProblem& problem);

/// Turns the score of each class into its probability, exp(s) / sum exp(s); returns the logarithm of the
/// sum. Expects at least one class.
double softmax_in_place(std::span<double> scores) noexcept;

}  // namespace jury
