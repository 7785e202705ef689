#include "search/sampler/expected_improvement.hpp"

#include <cmath>
#include <numbers>

namespace jury {

LogImprovement log_improvement(double z) noexcept {
  const double log_phi = -0.5 * z * z - 0.5 * std::log(2 * std::numbers::pi);
  if (z < -25) {  // h = phi / z^2 * (1 - 3 / z^2 + ...)
    const double w = 1 / (z * z);
    const double series = 1 + w * (-3 + w * (15 - 105 * w));
    return {log_phi + std::log(w * series), -z - 2 / z + 6 * w / z};
  }
  const double cdf = 0.5 * std::erfc(-z / std::numbers::sqrt2);
  const double phi = std::exp(log_phi);
  if (z > -1) return {std::log(phi + z * cdf), cdf / (phi + z * cdf)};
  const double ratio = cdf / phi;
  return {log_phi + std::log1p(z * ratio), ratio / (1 + z * ratio)};
}

}  // namespace jury
