// Said and met: how often a prediction made with such confidence is right.
#pragma once

#include <cstddef>
#include <vector>

#include "models/metrics/truth.hpp"

namespace jury {

/// Rows whose largest probability is in (low, high]; the first bin holds low, too.
struct CalibrationBin {
  double low = 0;
  double high = 0;
  std::size_t count = 0;       ///< predicted rows
  double weight = 0;           ///< their weights' sum
  double mean_confidence = 0;  ///< weighted mean of the largest probability; NaN in an empty bin
  double accuracy = 0;  ///< weighted share of rows whose most probable class is the true one; NaN in an empty bin
};

/// The reliability diagram (Niculescu-Mizil and Caruana 2005) in 15 bins of equal width, those of the
/// score `ece`: sum over bins of weight |accuracy - mean_confidence| over all weight is that score.
/// Rows that were not predicted are left out. Expects Outcome::classes and shapes that agree.
std::vector<CalibrationBin> reliability(const Truth& truth, Predictions probabilities);

}  // namespace jury
