// Intervals and sets that hold the truth as often as they promise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/ensemble/combine.hpp"
#include "models/metrics/interval.hpp"
#include "models/metrics/truth.hpp"

namespace jury {

/// How badly a truth fits a prediction. Larger is worse.
enum class ConformalScore {
  absolute,    ///< values: |y - f| (Lei et al. 2018): intervals of one width
  normalised,  ///< means and variances: |y - m| / sqrt(v) (Papadopoulos et al. 2002; Lei et al. 2018)
  lac,         ///< classes: 1 - p(y) (Sadinle, Lei, Wasserman 2019): the smallest sets on average, some may be empty
  aps,         ///< classes: sum of the probabilities of the classes before y, the most probable first (Romano, Sesia,
        ///< Candes 2020, their u = 1 instead of a random one): sets that grow where the model is unsure, never empty
};

/// The k-th smallest score, k = ceil((n + 1) (1 - alpha)); infinity when k > n: so few scores promise nothing.
/// NaN scores are left out. Expects 0 < alpha < 1. O(n).
double conformal_quantile(std::span<const double> scores, double alpha);

struct ConformalOptions {
  ConformalScore score = ConformalScore::absolute;
  double alpha = 0.1;  ///< share of rows that may be missed, in (0, 1)
};

/// Split conformal prediction (Papadopoulos et al. 2002; Vovk, Gammerman, Shafer 2005; Lei et al. 2018).
///
/// Calibrated on rows that the model has not seen, its intervals and sets hold the truth of a new row
/// with probability at least 1 - alpha, whatever the model and the distribution, when new and calibrating rows
/// are exchangeable; at most 1 - alpha + 1 / (n + 1) when scores do not tie (those of aps tie at 0 where the first
/// class is true). The probability is over both; it is not that of a single row. Weights are not used: rows count
/// alike. With several targets each has its own interval at level alpha.
///
/// Given out-of-fold or out-of-bag predictions and applied to the mean of all members it is cross-conformal
/// in the manner of CV+ (Vovk 2015; Barber, Candes, Ramdas, Tibshirani 2021): near 1 - alpha in practice, but only
/// approximate, because the calibrating predictions come from other, usually slightly worse, models. JackknifePlus
/// has a guarantee for such intervals.
class SplitConformal {
 public:
  /// Rows that were not predicted (NaN) are left out. Throws ConfigError when the score does not suit the
  /// predictions. Expects shapes that agree and 0 < alpha < 1.
  SplitConformal(const Truth& truth, Predictions predictions, const ConformalOptions& options);

  /// With thresholds that are known: stored ones, or means of several. Expects as many as thresholds() has, and a score
  /// that suits the shape.
  SplitConformal(ConformalScore score, const CombinationShape& shape, std::vector<double> thresholds);

  /// Quantile of the scores: one with classes, (num_outputs) with values. Infinite with too few rows.
  std::span<const double> thresholds() const noexcept { return thresholds_; }

  /// (rows, num_outputs): f - q, f + q, or m - q sqrt(v), m + q sqrt(v); NaN where not predicted. Expects a score of
  /// values.
  std::vector<Interval> intervals(Predictions predictions) const;

  /// (rows, classes): 1 when the class is in the set, 0 when not, -1 where the row was not predicted.
  /// A class is in the set when its score is at most the threshold. Ties in probability: the lowest class is first.
  /// Expects a score of classes.
  std::vector<std::int8_t> sets(Predictions probabilities) const;

 private:
  ConformalScore score_;
  std::size_t num_outputs_;
  std::size_t width_;
  std::vector<double> thresholds_;
};

/// How the promise was kept.
struct Coverage {
  std::size_t count = 0;  ///< intervals, or rows with a set
  double coverage = 0;    ///< share of them that hold the truth; NaN when there are none
  double mean_size = 0;   ///< mean width, or number of classes; NaN when there are none
};

/// Of intervals (rows, num_outputs), over all of them. NaN intervals are left out. Expects Outcome::values.
Coverage coverage_of_intervals(const Truth& truth, std::span<const Interval> intervals);

/// Of sets (rows, num_outputs). Rows that were not predicted are left out. Expects Outcome::classes.
Coverage coverage_of_sets(const Truth& truth, std::span<const std::int8_t> sets);

}  // namespace jury
