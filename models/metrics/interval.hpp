// How far a mean can be trusted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace jury {

struct Interval {
  double low;
  double high;
};

struct IntervalOptions {
  double level = 0.95;            ///< share of resamples inside, in (0, 1)
  std::size_t resamples = 1000;   ///< 0: no interval, both ends NaN
};

/// Percentile bootstrap interval (Efron 1979) of the weighted mean of per-row losses: rows are drawn
/// with replacement, ends are quantiles of the resampled means with linear interpolation. It covers
/// the choice of test rows only, not that of the training rows.
///
/// Rows whose loss is NaN are left out; both ends are NaN when none is left. `weights` is (rows) or
/// empty. `key` is a stream_key of Purpose::interval; equal arguments give equal bits. Expects
/// 0 < level < 1. O(rows * resamples), about 10 ns a draw.
Interval bootstrap_interval(std::span<const double> losses, std::span<const float> weights, std::uint64_t key,
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
