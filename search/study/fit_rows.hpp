// Which rows a fit trains on and which it predicts; StudyPlan::rows() and its like, which say so, are in fit_rows.cpp.
#pragma once

#include <cstdint>
#include <vector>

namespace jury {

/// Row lists of one fit. All but `draws` ascend and name rows of the study's dataset.
struct FitRows {
  /// In-bag rows with repeats: an epoch is as many draws. Rows of the replicate's own dataset when
  /// the study generates its data and the key has a replicate.
  std::vector<std::uint32_t> draws;
  std::vector<std::uint32_t> valid;  ///< the fold's test rows; with an inner fold, the rows that it leaves out
  std::vector<std::uint32_t> oob;    ///< training rows that the bag left out, of the same dataset as the draws
  std::vector<std::uint32_t> test;   ///< the test set
  std::vector<std::uint32_t> apparent =
      {};  ///< where the apparent error is wanted: all rows the predictor is trained on
};

}  // namespace jury
