// Expected loss taken apart into bias, variance and noise: what a decomposition consists of.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "models/metrics/interval.hpp"
#include "models/metrics/truth.hpp"

namespace jury {

/// The numbers of one decomposition, of one row or the weighted mean over rows. What a definition
/// does not have, or what the known truth does not tell, is NaN.
struct Parts {
  double mean_loss;  ///< of the replicates, directly from their losses, never from the parts
  double bias;
  double variance;
  double noise;              ///< with a noise-free truth; Kohavi-Wolpert: always
  double cross;              ///< 2 (main - f*)(f* - y): squared and brier with a noise-free truth
  double variance_unbiased;  ///< Domingos: P(f_t != main) of unbiased rows, 0 of others
  double variance_biased;    ///< Domingos: P(f_t = y) of biased rows, 0 of others
  /// |mean_loss - sum of the parts|, relative to the larger of |mean_loss| and the sum of |parts|:
  /// rounding only. Above kLargestResidual there is a bug.
  double residual;
};

/// One definition's decomposition.
struct Decomposition {
  std::string_view definition;  ///< squared, brier, domingos, kohavi_wolpert, breiman or log
  Parts overall;
  Interval interval;          ///< of overall.mean_loss over test rows
  std::vector<Parts> points;  ///< (rows); all NaN where no replicate predicted the row
};

/// The largest relative residual that rounding explains.
inline constexpr double kLargestResidual = 1e-9;

/// What a generator knows beyond the observed truth; each may be empty. Only spans.
struct NoiseFree {
  std::span<const double> values = {};              ///< (rows, targets) f*(x) = E[y | x]
  std::span<const double> posterior = {};           ///< (rows, classes) P(c | x); sums to 1 in each row to rounding
  std::span<const std::int32_t> bayes_labels = {};  ///< (rows); empty: the most probable of posterior
};

}  // namespace jury
