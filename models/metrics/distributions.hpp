// The distributions that tests and intervals need, behind plain functions: Boost.Math is included in one file.
#pragma once

#include <cstddef>

namespace jury {

/// P(|T| >= |t|) of Student's t. Expects degrees_of_freedom > 0. 0 at an infinite t, NaN at NaN.
double student_t_two_sided(double t, double degrees_of_freedom);

/// The t with P(T <= t) = p. Expects 0 < p < 1 and degrees_of_freedom > 0.
double student_t_quantile(double p, double degrees_of_freedom);

/// P(F >= f) of Fisher's F. Expects both degrees of freedom > 0 and f >= 0 or NaN. 0 at an infinite f.
double f_upper(double f, double numerator_degrees, double denominator_degrees);

/// P(X >= x) of the chi-squared distribution. Expects degrees_of_freedom > 0 and x >= 0 or NaN.
double chi_squared_upper(double x, double degrees_of_freedom);

/// P(|Z| >= |z|) of the standard normal distribution.
double normal_two_sided(double z);

/// min(1, 2 P(X <= smaller)) of n fair coins, smaller heads or fewer: the two-sided sign test.
/// Expects 2 smaller <= n.
double sign_test(std::size_t smaller, std::size_t n);

/// P(Q >= q) of the studentised range of k means at infinitely many degrees of freedom: the range of k
/// independent standard normal numbers. Absolute error below 1e-13: P(Q < q) is the integral over z of
/// k phi(z) (Phi(z) - Phi(z - q))^(k - 1), by the trapezoidal rule, which converges faster than any
/// power of its step where the integrand dies out smoothly at both ends. Expects k >= 2.
double studentised_range_upper(double q, std::size_t k);

/// The q with P(Q >= q) = alpha. Expects 0 < alpha < 1 and k >= 2.
double studentised_range_quantile(double alpha, std::size_t k);

}  // namespace jury
