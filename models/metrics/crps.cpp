#include "models/metrics/crps.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

// E |X - Y| / 2 of two equal normal variables is s / sqrt(pi); E |X| of a normal one is this.
double mean_distance(double mean, double variance) noexcept {
  if (variance == 0) return std::abs(mean);
  const double s = std::sqrt(variance), z = mean / s;
  return 2 * s * std::exp(-0.5 * z * z) / std::sqrt(2 * std::numbers::pi) + mean * std::erf(z / std::numbers::sqrt2);
}

}  // namespace

double crps_of_normal(double y, double mean, double variance) noexcept {
  return mean_distance(y - mean, variance) - std::sqrt(variance) * std::numbers::inv_sqrtpi;
}

double crps_of_mixture(double y, std::span<const double> means, std::span<const double> variances,
                       std::span<const double> weights) {
  JURY_EXPECTS(variances.empty() || variances.size() == means.size());
  JURY_EXPECTS(weights.empty() || weights.size() == means.size());
  const auto variance = [&](std::size_t i) { return variances.empty() ? 0.0 : variances[i]; };
  const auto weight = [&](std::size_t i) { return weights.empty() ? 1.0 : weights[i]; };
  double total = 0, from_truth = 0, apart = 0;
  for (std::size_t i = 0; i < means.size(); ++i) {
    total += weight(i);
    from_truth += weight(i) * mean_distance(y - means[i], variance(i));
    double row = 0.5 * weight(i) * mean_distance(0, 2 * variance(i));
    for (std::size_t j = 0; j < i; ++j)
      row += weight(j) * mean_distance(means[i] - means[j], variance(i) + variance(j));
    apart += weight(i) * row;
  }
  if (!(total > 0)) return std::numeric_limits<double>::quiet_NaN();
  return from_truth / total - apart / total / total;
}

}  // namespace jury
