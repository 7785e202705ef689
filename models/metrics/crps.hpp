// How far a predicted distribution is from the number that came.
#pragma once

#include <span>

namespace jury {

/// Continuous ranked probability score of a normal distribution (Gneiting and Raftery 2007), in the unit of y: with the
/// standard deviation s and z = (y - mean) / s,
///
///   s (z (2 Phi(z) - 1) + 2 phi(z) - 1 / sqrt(pi));   |y - mean| at variance 0. NaN below.
double crps_of_normal(double y, double mean, double variance) noexcept;

/// The same of a mixture of normal distributions, as members with means m_i and variances v_i form it (Grimit,
/// Gneiting, Berrocal, Johnson 2006): with A(m, v) = 2 s phi(m / s) + m (2 Phi(m / s) - 1) and weights w_i that sum to
/// 1,
///
///   sum_i w_i A(y - m_i, v_i) - 1/2 sum_ij w_i w_j A(m_i - m_j, v_i + v_j).
///
/// Without variances the members are points, and it is the score of their empirical distribution. A normal density of
/// all members' mean and total variance is wider or narrower than the mixture, and scores otherwise. Without weights
/// members count alike; they need not sum to 1. Expects as many variances and weights as means, or none. O(members^2).
double crps_of_mixture(double y, std::span<const double> means, std::span<const double> variances = {},
                       std::span<const double> weights = {});

}  // namespace jury
