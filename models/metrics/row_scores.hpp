// Scores that are means over rows, row by row.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "models/metrics/scores.hpp"

namespace jury {

/// How a score comes of single rows.
struct RowMean {
  const Metric* averaged;  ///< its weighted mean over rows ...
  bool is_root;            ///< ... or the root of that is the score
};

/// Nothing where a score is no mean over rows: counts, ranks, r2, ece, and rmse of several targets.
std::optional<RowMean> row_mean_of(const Metric& metric, std::size_t num_outputs);

/// The score of every row by itself, (rows); NaN where it was not predicted. Weights do not matter.
/// Expects what score() expects.
std::vector<double> row_scores(const Metric& averaged, const Truth& truth, Predictions predictions);

}  // namespace jury
