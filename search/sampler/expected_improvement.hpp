// How much a point is expected to improve on the best.
#pragma once

namespace jury {

/// log h(z) and its derivative, h(z) = phi(z) + z Phi(z): with z = (best - mean) / s, s h(z) is the expected
/// improvement E max(best - f, 0) of f ~ N(mean, s^2) (Jones, Schonlau, Welch 1998). Exact in the far tail too,
/// where h itself would be 0 (Ament, Daulton, Eriksson, Balandat, Bakshy 2023).
struct LogImprovement {
  double value;
  double slope;
};
LogImprovement log_improvement(double z) noexcept;

}  // namespace jury
