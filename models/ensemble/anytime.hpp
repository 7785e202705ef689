// Evidence that may be looked at after every member and acted upon at any time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace jury {

/// log of the e-value that speaks against "the first class gets at most as many votes as the second, in the long
/// run", after a votes for the first and b for the second: the beta-binomial mixture (Robbins 1970; Howard, Ramdas,
/// McAuliffe, Sekhon 2021), one-sided, with an even prior on the share q of the first above one half:
///
///   e(a, b) = 2 int_{1/2}^1 (2 q)^a (2 (1 - q))^b dq = 2^(a+b+1) B(a+1, b+1) (1 - I_{1/2}(a+1, b+1))
///
/// While the statement is true e is a supermartingale that starts at 1, so that it ever reaches 1 / alpha with
/// probability at most alpha (Ville 1939), however often one looks.
double log_evidence_of_lead(std::int32_t a, std::int32_t b);

/// How many votes decide: the least a with e(a, b) >= 1 / alpha.
class DecidingVotes {
 public:
  /// Expects 0 < alpha < 1.
  explicit DecidingVotes(double alpha);

  /// Against a runner-up of `b` votes. Found once for each b.
  std::int32_t against(std::int32_t b);

 private:
  double threshold_;
  std::vector<std::int32_t> needed_;
};

/// log of the e-value against "numbers in [-1/2, 1/2] have a mean of at most 0", from their sum s and a bound v on
/// sum_t (y_t - g_t)^2, where each guess g_t in [-1/2, 1/2] was made before y_t: the empirical Bernstein mixture
/// (Howard et al. 2021, theorem 4; Waudby-Smith and Ramdas 2023), the mean of exp(l s + (log(1 - l) + l) v) over fixed
/// bets l in (0, 1).
double log_evidence_of_mean(double s, double v) noexcept;

/// Half-width of the asymptotic confidence sequence for the mean of `count` equally distributed numbers of standard
/// deviation `deviation` (Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas 2024, theorem 2.2): the mean is inside for all
/// counts at once with probability about 95 %. Narrowest near 50 members:
///
///   deviation sqrt(2 (t r + 1) / (t^2 r) log(sqrt(t r + 1) / 0.05)), r = (-2 log 0.05 + log(1 - 2 log 0.05)) / 50
///
/// Expects count >= 1.
double mean_half_width(std::int32_t count, double deviation);

}  // namespace jury
