// What the best of many is worth, less the luck that made it the best.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/metrics/interval.hpp"
#include "models/metrics/scores.hpp"

namespace jury {

/// Scores of single rows by all trials, on the same folds.
struct TrialRows {
  std::size_t num_trials = 0;
  std::span<const double> scores;             ///< (trials, rows): of row_scores(); NaN where a row was not predicted
  std::span<const float> weights = {};        ///< (rows), not negative; empty: each row weighs 1
  std::span<const std::int32_t> groups = {};  ///< (rows): resampled whole; empty: each row by itself

  std::size_t num_rows() const noexcept { return num_trials == 0 ? 0 : scores.size() / num_trials; }
};

/// Out-of-fold predictions of all trials, on the same folds.
struct TrialPredictions {
  Truth truth;                                ///< with the weights of the rows
  std::span<const Predictions> predictions;   ///< (trials, repeats): each (rows, truth.width())
  std::size_t num_repeats = 1;                ///< of the cross-validation, each with folds of its own
  std::span<const std::int32_t> groups = {};  ///< (rows), as above

  std::size_t num_trials() const noexcept { return predictions.size() / num_repeats; }
};

/// What honest_winner() may cost where the score is no mean over rows: resamples times numbers in the predictions of
/// all trials, and the fewest resamples however many there are.
inline constexpr std::size_t kMostSelectionNumbers = 200'000'000;
inline constexpr std::size_t kFewestSelections = 100;

/// The score of a selection. All values are in the metric's own unit and direction.
struct HonestWinner {
  std::size_t winner = 0;                  ///< the trial that is best on all rows; ties go to the lowest
  double naive = 0;                        ///< its score on them
  double honest = 0;                       ///< of such a winner on new rows
  double optimism = 0;                     ///< how much better naive looks than honest; above 0: too good
  Interval interval = {};                  ///< of honest
  std::size_t num_trials = 0;              ///< that were complete, and chosen among
  std::size_t num_resamples = 0;           ///< that have a score
  std::vector<std::uint32_t> chosen = {};  ///< (trials) by how many resamples each
};

/// Bootstrap bias corrected cross-validation (BBC-CV; Tsamardinos, Greasidou, Borboudakis 2018). The best of many
/// trials is best in part by luck, so its out-of-fold score promises too much. Nothing is trained anew: in each
/// resample the best trial on the rows that were drawn is scored on those that were not, and
///
///   honest = mean over resamples of that score,
///
/// with its percentile interval. Slightly pessimistic: trials are told apart by 63.2 % of the rows. It holds for rows
/// that are exchangeable (given the groups), so not for time series.
///
/// Rows that no trial predicted are left out, then trials that miss one of the others: they are not complete. Repeats
/// are averaged, scores of rows where the metric is a mean over rows, and else the scores of each resample. Resamples
/// that leave no row, or have no score (an area under ROC of one class), are left out. Nothing when no trial is
/// complete. `key` is a stream_key of Purpose::interval; equal arguments give equal bits.
///
/// O(trials * rows * resamples), a product each: 200 trials, 2,000 rows and 1,000 resamples take 0.3 s. A metric that
/// is no mean over rows is computed anew each time, and resamples are limited by kMostSelectionNumbers: that takes a
/// second for counts of labels, up to ten for ranks. Expects what score() expects of each, shapes that agree, and 0 <
/// level < 1.
std::optional<HonestWinner> honest_winner(const Metric& metric, const TrialPredictions& trials, std::uint64_t key,
                                          const IntervalOptions& options = {});

/// The same of a metric that is a mean over rows or the root of one. Expects row_mean_of() to know it, by num_outputs
/// = 1.
std::optional<HonestWinner> honest_winner(const Metric& metric, const TrialRows& trials, std::uint64_t key,
                                          const IntervalOptions& options = {});

}  // namespace jury
