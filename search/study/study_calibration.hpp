// The reported predictions of a study, calibrated by what they said of rows that they had not seen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/data/fitted.hpp"
#include "models/ensemble/calibration.hpp"
#include "models/ensemble/reliability.hpp"
#include "search/study/jury_scores.hpp"
#include "search/study/member_predictions.hpp"

namespace jury {

/// The line of scores of calibrated predictions.
inline constexpr std::string_view kCalibrated = "calibrated";

/// The bins of one predictor on one set of rows.
struct StudyReliability {
  std::string source;
  std::int32_t repeat = TaskKey::kNone;
  std::string predictor;  ///< the reported way to join, or calibrated
  std::vector<CalibrationBin> bins;
};

struct StudyCalibration {
  /// For rows that are no training rows: the test set, new rows. It saw all training rows with a prediction. Nothing
  /// unless final.calibrate asks for it, and while there is no such row.
  std::optional<Fitted<Calibrator>> calibrator;
  std::string source;                         ///< of the predictions it was fitted to: oof, or oob
  std::size_t num_rows = 0;                   ///< rows of them; each repeat counts
  std::vector<StudyReliability> reliability;  ///< before and after; of classes
};

/// Where predictions of rows that were not seen come from: oof with [cv], else oob of a bagged final ensemble, else "".
std::string_view unseen_source(const StudyPlan& plan) noexcept;

/// Throws ConfigError when final.calibrate does not suit the predictions, or nothing will be there to fit it to.
void check_calibration(const StudyPlan& plan);

/// Calibrated predictions of rows that the calibrator has not seen, (rows, width). Throws LeakError when it has.
std::vector<float> calibrate_unseen(const Fitted<Calibrator>& calibrator, const Dataset& dataset,
                                    std::span<const std::uint32_t> rows, Predictions predictions);

/// Fits the calibrator of final.calibrate, and gives every jury its calibrated predictions and their line of scores.
///
///   test  by the calibrator fitted to the out-of-fold predictions of all repeats, one after the other, or without
///         [cv] to the out-of-bag ones
///   oof   cross-fitted: the rows of a fold by a calibrator fitted to those of the repeat's other folds
///   oob   cross-fitted in the same way over ten random groups of rows, since one fitted to all of them would be
///         scored on rows it saw; so are out-of-fold rows when there is only one fold
///
/// `predictions` are those the juries were scored on, in their order. What no calibrator can be fitted for yet is NaN.
StudyCalibration calibrate_study(const StudyPlan& plan, std::span<const MemberPredictions> predictions,
                                 std::span<JuryScores> juries, const Scoring& scoring);

}  // namespace jury
