#include "models/metrics/distributions.hpp"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numbers>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

// Plain double whatever the platform's long double is, and no exceptions for what runs out of range.
using Policy =
    boost::math::policies::policy<boost::math::policies::promote_double<false>,
                                  boost::math::policies::overflow_error<boost::math::policies::ignore_error>,
                                  boost::math::policies::evaluation_error<boost::math::policies::ignore_error>>;
using Binomial = boost::math::binomial_distribution<double, Policy>;
using ChiSquared = boost::math::chi_squared_distribution<double, Policy>;
using FisherF = boost::math::fisher_f_distribution<double, Policy>;
using StudentsT = boost::math::students_t_distribution<double, Policy>;

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

double normal_density(double z) { return std::exp(-0.5 * z * z) / std::sqrt(2 * std::numbers::pi); }

}  // namespace

double student_t_two_sided(double t, double degrees_of_freedom) {
  JURY_EXPECTS(degrees_of_freedom > 0);
  if (std::isnan(t)) return t;
  if (std::isinf(t)) return 0;
  return 2 * cdf(complement(StudentsT(degrees_of_freedom), std::abs(t)));
}

double student_t_quantile(double p, double degrees_of_freedom) {
  JURY_EXPECTS(p > 0 && p < 1 && degrees_of_freedom > 0);
  return quantile(StudentsT(degrees_of_freedom), p);
}

double f_upper(double f, double numerator_degrees, double denominator_degrees) {
  JURY_EXPECTS(numerator_degrees > 0 && denominator_degrees > 0 && !(f < 0));
  if (std::isnan(f)) return f;
  if (std::isinf(f)) return 0;
  return cdf(complement(FisherF(numerator_degrees, denominator_degrees), f));
}

double chi_squared_upper(double x, double degrees_of_freedom) {
  JURY_EXPECTS(degrees_of_freedom > 0 && !(x < 0));
  if (std::isnan(x)) return x;
  if (std::isinf(x)) return 0;
  return cdf(complement(ChiSquared(degrees_of_freedom), x));
}

double normal_two_sided(double z) { return std::erfc(std::abs(z) / std::numbers::sqrt2); }

double sign_test(std::size_t smaller, std::size_t n) {
  JURY_EXPECTS(2 * smaller <= n);
  if (n == 0) return 1;
  return std::min(1.0, 2 * cdf(Binomial(static_cast<double>(n), 0.5), static_cast<double>(smaller)));
}

double studentised_range_upper(double q, std::size_t k) {
  JURY_EXPECTS(k >= 2);
  if (std::isnan(q)) return q;
  if (q <= 0) return 1;
  // The difference of two is normal, with a tail that needs no subtraction from 1.
  if (k == 2) return normal_two_sided(q / std::numbers::sqrt2);
  constexpr double step = 1.0 / 16;
  constexpr int half = 9 * 16;  // the density is below 1e-18 beyond 9
  const auto means = static_cast<double>(k);
  double sum = 0;
  for (int i = -half; i <= half; ++i) {
    const double z = step * i;
    sum += normal_density(z) * std::pow(normal_cdf(z) - normal_cdf(z - q), means - 1);
  }
  return std::clamp(1 - means * step * sum, 0.0, 1.0);
}

double studentised_range_quantile(double alpha, std::size_t k) {
  JURY_EXPECTS(alpha > 0 && alpha < 1 && k >= 2);
  double low = 0;
  double high = 100;  // beyond it no k has anything left
  while (true) {
    const double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return middle;
    (studentised_range_upper(middle, k) > alpha ? low : high) = middle;
  }
}

}  // namespace jury
