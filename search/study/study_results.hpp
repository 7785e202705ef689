// Everything a study found, computed from its fits alone: the same for any arrival order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "search/study/jury_scores.hpp"
#include "search/study/member_predictions.hpp"
#include "search/study/stacks.hpp"
#include "search/study/study_bias_variance.hpp"
#include "search/study/study_bootstrap.hpp"
#include "search/study/study_calibration.hpp"
#include "search/study/study_conformal.hpp"
#include "search/study/study_data_value.hpp"
#include "search/study/study_diversity.hpp"
#include "search/study/study_uncertainty.hpp"
#include "search/study/study_variance_sources.hpp"

namespace jury {

/// Scores of one fit, one per metric of the task and forecast (choose_metrics() without names), then of those that are
/// named in cv.metrics alone; on training rows only the former.
struct FitScores {
  std::vector<double> train, valid, oob, test;
};

/// The reported ensemble in one fold.
struct FoldScores {
  std::int32_t repeat = 0;
  std::int32_t fold = 0;
  std::size_t num_rows = 0;
  std::vector<double> scores;       ///< per metric of Scoring, of the reported combination
  std::vector<double> member_mean;  ///< per metric, mean over members
};

/// The one number a run is judged by, and where it comes from.
struct Headline {
  std::string metric;
  std::string source;  ///< oof, test or oob
  std::string combine;
  double value = 0;           ///< of the reported combination, mean over repeats
  double standard_error = 0;  ///< over folds; NaN without cross-validation
  double member_best = 0, member_median = 0, member_mean = 0;
  std::string estimator =
      {};  ///< "": the scores themselves; else the bootstrap estimate they were made into (StudyBootstrap)
  std::optional<double> calibrated = {};  ///< as value, of the calibrated predictions; with final.calibrate
};

struct StudyResults {
  Scoring scoring;
  std::vector<const Metric*> task_metrics;  ///< columns of FitScores
  std::vector<std::pair<TaskKey, FitScores>> fits;
  std::map<TaskKey, double> weights;           ///< of every fit in weighted combinations of its jury
  std::vector<MemberPredictions> predictions;  ///< oof of each repeat, then test, then oob
  std::vector<JuryScores> juries;              ///< of each of `predictions`
  std::vector<FoldScores> folds;
  StudyBootstrap bootstrap;  ///< with the bootstrap as [cv]
  StudyCalibration calibration;
  StudyConformal conformal;
  StudyBiasVariance bias_variance;
  std::vector<StudyVarianceSources> variance_sources;  ///< of a crossed design
  std::vector<StudyDiversity> diversity;
  std::vector<RowUncertainty> uncertainty;  ///< of each of `predictions`
  JackknifeDeviations jackknife;            ///< of the final bag on the test set
  StudyDataValue data_value;                ///< to the final bag
  Stacks stacks;                            ///< of the predictors of a stack
  std::optional<Headline> headline;         ///< nothing while there is nothing to score
  std::vector<double> headline_scores;      ///< of every metric of Scoring, as Headline::value
  std::vector<double> calibrated_scores;    ///< as Headline::calibrated; empty where there is none

  std::size_t num_planned = 0;
  std::size_t num_complete = 0, num_diverged = 0, num_failed = 0;
  /// Of all identities that the numbers must hold; NaN where there are none. Above kLargestResidual there is a bug.
  double largest_residual() const noexcept;
  bool complete() const noexcept { return num_complete + num_diverged + num_failed == num_planned; }
};

/// Scores of each of these fits.
std::vector<std::pair<TaskKey, FitScores>> score_fits(const StudyPlan& plan, const Fits& fits,
                                                      const std::vector<const Metric*>& metrics);

/// `num_left`: fits that are still to come; nothing: those of the plan that are not there.
StudyResults compute_results(const StudyPlan& plan, const Fits& fits, std::optional<std::size_t> num_left = {});

}  // namespace jury
