// Intervals and sets that a study promises to hold the truth of new rows, and whether they did on the test set.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/ensemble/conformal.hpp"
#include "search/study/jury_scores.hpp"
#include "search/study/member_predictions.hpp"

namespace jury {

/// What final.conformal comes to.
struct ConformalChoice {
  std::string method = {};  ///< none, split or jackknife_plus
  ConformalScore score = ConformalScore::absolute;
};

/// Decides what "auto" leaves open: jackknife_plus for a bagged regression whose reported prediction is the members'
/// mean, else split; lac with classes, normalised with predicted variances, else absolute.
ConformalChoice conformal_choice(const StudyPlan& plan, const Scoring& scoring);

std::string_view name(ConformalScore score) noexcept;
/// The score of this name; nothing where there is none.
std::optional<ConformalScore> find_conformal_score(std::string_view name) noexcept;

/// "sets asked to hold 90 % (split) hold 91.2 % of the test set, mean size 1.3", and a line's end; "" where none was
/// made.
std::string coverage_text(const ConformalChoice& choice, double asked, const Coverage& met, std::string_view of_what);

/// Throws ConfigError when the study cannot keep what final.conformal asks for.
void check_conformal(const StudyPlan& plan, const Scoring& scoring);

struct StudyConformal {
  ConformalChoice choice = {.method = "none"};
  std::string predictor = {};  ///< what the intervals are around: the reported way to join, calibrated, or mean
  std::string source = {};     ///< of the predictions that it was calibrated by: oof or oob
  double coverage_asked = std::numeric_limits<double>::quiet_NaN();
  double guarantee = std::numeric_limits<double>::quiet_NaN();  ///< split: 1 - alpha; jackknife_plus: 1 - 2 alpha
  std::vector<double> thresholds = {};   ///< of split: one with classes, one for each target with values
  std::vector<double> residuals = {};    ///< of jackknife_plus: (training rows, targets), see JackknifePlus
  std::vector<Interval> intervals = {};  ///< (test rows, targets); of values
  std::vector<std::int8_t> sets = {};    ///< (test rows, classes): 1 in the set, 0 not, -1 not predicted; of classes
  Coverage coverage = {.count = 0,
                       .coverage = std::numeric_limits<double>::quiet_NaN(),
                       .mean_size = std::numeric_limits<double>::quiet_NaN()};  ///< met on the test rows
};

/// Intervals or sets of the final ensemble for the test rows at final.coverage = 1 - alpha, and what makes those of new
/// rows.
///
///   split           The threshold comes from the out-of-fold predictions (cross-fitted calibrated ones where
///                   final.calibrate is set), the mean over repeats, or without [cv] from the out-of-bag ones. They are
///                   of other members than those that predict the test rows, so 1 - alpha is approximate:
///                   cross-conformal in the manner of CV+ (see SplitConformal).
///   jackknife_plus  See JackknifePlus: around the mean of the members, at least 1 - 2 alpha and usually near 1 -
///   alpha.
///                   O(members * training rows * test rows * targets).
///
/// `predictions` are those the juries were scored on, in their order.
StudyConformal conform_study(const StudyPlan& plan, std::span<const MemberPredictions> predictions,
                             std::span<const JuryScores> juries, const Scoring& scoring);

}  // namespace jury
