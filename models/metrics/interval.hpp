// How far a mean can be trusted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/metrics/scores.hpp"

namespace jury {

struct Interval {
  double low;
  double high;
};

struct IntervalOptions {
  double level = 0.95;           ///< share of resamples inside, in (0, 1)
  std::size_t resamples = 1000;  ///< 0: no interval, both ends NaN
};

/// The middle `level` of the values: its ends are quantiles with linear interpolation. NaN where there is no value.
/// Expects 0 < level < 1.
Interval percentile_interval(std::vector<double> values, double level);

/// Percentile bootstrap interval (Efron 1979) of the weighted mean of per-row losses: rows are drawn
/// with replacement, ends are quantiles of the resampled means with linear interpolation. It covers
/// the choice of test rows only, not that of the training rows.
///
/// Rows whose loss is NaN are left out; both ends are NaN when none is left. `weights` is (rows) or
/// empty. `key` is a stream_key of Purpose::interval; equal arguments give equal bits. Expects
/// 0 < level < 1. O(rows * resamples), about 10 ns a draw.
Interval bootstrap_interval(std::span<const double> losses, std::span<const float> weights, std::uint64_t key,
                            const IntervalOptions& options = {});

/// What bootstrap_metric_interval() may cost: resamples times numbers in the predictions, and the fewest resamples
/// however many numbers there are.
inline constexpr std::size_t kMostResampledNumbers = 100'000'000;
inline constexpr std::size_t kFewestResamples = 100;

/// Percentile bootstrap interval of any score, also of those that are no mean over rows (r2, rmse, balanced_accuracy,
/// ece): rows that were predicted and weigh something are drawn with replacement, by weights that count the draws, and
/// scored anew. Resamples without a score (r2 of a single row) are left out; both ends are NaN when none is left.
///
/// The score runs on all rows each time. So with more than 100,000 numbers there are fewer resamples: as many as make
/// kMostResampledNumbers, but at least kFewestResamples (and never more than options.resamples). That takes 0.3 to 1.5
/// s, and beyond a million numbers in proportion to them. `key` is a stream_key of Purpose::interval; equal arguments
/// give equal bits. Of a score that is a mean over rows and whose losses are at hand, bootstrap_interval() costs less.
/// Expects what score() expects, and 0 < level < 1.
Interval bootstrap_metric_interval(const Metric& metric, const Truth& truth, Predictions predictions, std::uint64_t key,
                                   const IntervalOptions& options = {});

/// A mean over folds with its standard error.
struct MeanError {
  double mean;
  double standard_error;
  std::size_t count;  ///< values that are not NaN
};

/// Mean of one value per fold, and s / sqrt(k) with the sample deviation s (divisor k - 1); NaN where
/// there are too few values (none; fewer than two for the error). NaN values are left out.
///
/// This is the usual "+-" beside a cross-validated score. The folds share training rows, so it is
/// too small on average, and no unbiased estimate exists (Bengio and Grandvalet 2004): read it as
/// the spread of folds, and use a test for dependent folds (Nadeau and Bengio 2003) to compare.
MeanError mean_over_folds(std::span<const double> values) noexcept;

}  // namespace jury
