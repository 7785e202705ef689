#include "models/ensemble/anytime.hpp"

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <numbers>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

// Bets of the empirical Bernstein mixture: the largest suits sure members, the least 10^5 doubtful ones.
constexpr std::array kBets = {0.95, 0.64, 0.32, 0.16, 0.08, 0.04, 0.02, 0.01};

constexpr double kLevel = 0.05;  // of mean_half_width
constexpr double kNarrowestAt = 50;

}  // namespace

double log_evidence_of_lead(std::int32_t a, std::int32_t b) {
  JURY_EXPECTS(a >= 0 && b >= 0);
  using boost::math::ibetac, boost::math::lgamma;  // the C library's writes a global
  const double p = a + 1.0, q = b + 1.0;
  return (p + q - 1) * std::numbers::ln2 + lgamma(p) + lgamma(q) - lgamma(p + q) + std::log(ibetac(p, q, 0.5));
}

DecidingVotes::DecidingVotes(double alpha) : threshold_(-std::log(alpha)) { JURY_EXPECTS(alpha > 0 && alpha < 1); }

std::int32_t DecidingVotes::against(std::int32_t b) {
  while (needed_.size() <= static_cast<std::size_t>(b)) {
    const auto next = static_cast<std::int32_t>(needed_.size());
    std::int32_t a = needed_.empty() ? 1 : needed_.back() + 1;  // e falls with b, so more are needed than before
    while (log_evidence_of_lead(a, next) < threshold_) ++a;
    needed_.push_back(a);
  }
  return needed_[static_cast<std::size_t>(b)];
}

double log_evidence_of_mean(double s, double v) noexcept {
  std::array<double, kBets.size()> logs{};
  for (std::size_t i = 0; i < kBets.size(); ++i) logs[i] = kBets[i] * s + (std::log1p(-kBets[i]) + kBets[i]) * v;
  const double largest = std::ranges::max(logs);
  double sum = 0;
  for (const double value : logs) sum += std::exp(value - largest);
  return largest + std::log(sum / static_cast<double>(kBets.size()));
}

double mean_half_width(std::int32_t count, double deviation) {
  JURY_EXPECTS(count >= 1);
  const double doubled = -2 * std::log(kLevel), r = (doubled + std::log1p(doubled)) / kNarrowestAt;
  const double t = count, grown = t * r + 1;
  return deviation * std::sqrt(2 * grown / (t * t * r) * (0.5 * std::log(grown) - std::log(kLevel)));
}

}  // namespace jury
