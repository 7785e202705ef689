// Least squares whose columns may depend on each other, plain and non-negative.
#pragma once

#include <Eigen/Core>

namespace jury {

/// Pivots below this share of the largest are taken for 0: predictions are float32, so that what two
/// columns differ by below it is rounding.
inline constexpr double kRankTolerance = 1e-6;

/// The b of least |x b - y|^2 + ridge |b|^2, x (rows, columns), by a QR decomposition with column
/// pivoting; of several the one of least norm (complete orthogonal decomposition, Golub and Van Loan
/// 2013, 5.5), so that equal columns share. Any number of rows. O(rows * columns^2). Expects ridge >= 0.
Eigen::VectorXd least_squares(const Eigen::MatrixXd& x, const Eigen::VectorXd& y, double ridge = 0);

/// The b >= 0 of least |x b - y|^2 (active sets, Lawson and Hanson 1974, chapter 23). Of equal columns
/// the first is used. Its optimality: with g = x^T (y - x b), g = 0 where b > 0 and g <= 0 elsewhere, to
/// 1e-10 of |x_j| |y|. O(rows * columns^2) and, per column that enters or leaves, O(columns^3).
Eigen::VectorXd nonnegative_least_squares(const Eigen::MatrixXd& x, const Eigen::VectorXd& y);

}  // namespace jury
