// The .632 and .632+ estimates of a score: between that on rows trained on and that on rows a bootstrap left out.
#pragma once

#include <cstdint>

#include "models/metrics/scores.hpp"

namespace jury {

/// What the estimates are made of, all of one metric.
struct BootstrapScores {
  double apparent = 0;        ///< of the predictor trained on all rows, on those rows
  double left_out = 0;        ///< of predictors trained on bootstrap samples, on the rows these left out
  double no_information = 0;  ///< expected of the predictor's predictions were they independent of the truth
};

struct BootstrapEstimate {
  double overfitting = 0;  ///< relative, in [0, 1]
  double weight = 0;       ///< of the score on rows left out
  double value = 0;
};

/// .632 (Efron 1983): 0.368 apparent + 0.632 left_out, since a bootstrap sample holds a row with a probability of
/// 0.632. An overfitting of NaN: it is not looked at.
BootstrapEstimate estimate_632(const BootstrapScores& scores) noexcept;

/// .632+ (Efron and Tibshirani 1997, equations 27 to 32), for errors
///
///   left_out' = min(left_out, no_information)
///   R = (left_out' - apparent) / (no_information - apparent), 0 unless left_out and no_information are above apparent
///   w = 0.632 / (1 - 0.368 R)
///   (1 - w) apparent + w left_out'
///
/// and with `direction` maximize for scores, worse meaning less. NaN when any of them is.
BootstrapEstimate estimate_632plus(const BootstrapScores& scores, Direction direction) noexcept;

/// The no-information score: the mean of the metric over the rows' truths, shifted in a circle against the predictions.
/// All n shifts where n^2 is at most kMostPairs: for means over rows that is the mean over all n^2 pairs of a truth and
/// a prediction (Efron and Tibshirani 1997, equation 25). Of more rows kMostPairs / n shifts drawn by `key`. Rows that
/// were not predicted or weigh nothing are left out. NaN without a row.
double no_information_score(const Metric& metric, const Truth& truth, Predictions predictions, std::uint64_t key);
inline constexpr std::size_t kMostPairs = 4'000'000;

}  // namespace jury
