// The final predictor of a search where it is more than the best trial: a selection of all that completed.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "search/study/study_plan.hpp"
#include "search/study/trial_plan.hpp"
#include "search/study/trial_score.hpp"

namespace jury {

/// A complete trial.
struct JoinCandidate {
  std::int32_t trial = 0;
  const TrialSettings* settings = nullptr;
  const TrialScore* score = nullptr;
};

/// Trials joined under weights. Scores are those of TrialScore, without out-of-fold predictions.
struct JoinedTrials {
  std::int32_t number = 0;                ///< of the study that trains them all: that of no trial
  std::vector<std::int32_t> trials = {};  ///< ascending
  std::vector<double> weights = {};       ///< above 0, summing to 1
  std::vector<double> path = {};          ///< the objective after every pick of the first greedy run
  TrialScore naive = {};                  ///< on the rows that the weights were found on
  TrialScore cross_fitted = {};           ///< each fold under weights that were found without its rows
  std::string reason = {};                ///< why there is none, and the best trial stands alone
};

/// The study that trains them, on any rank a trial like any other, and what it is worth by the trials' own folds.
struct JoinedStudy {
  TrialSettings settings;
  TrialScore score;
};

/// Greedy selection with replacement (select_bases(), as ensemble.stack says) from the out-of-fold predictions of
/// trials, all repeats together, for the first objective; the candidates are in ascending order. `base` is the study of
/// one of them: those that say something else of a row (variances too, say) are left out. Nothing trains here: the
/// predictions are those the trials were judged by, and no row of them was seen by who predicted it.
JoinedTrials select_trials(const StudyPlan& base, const std::vector<TrialObjective>& objectives,
                           std::span<const JoinCandidate> candidates);

/// What a study sets that trains the selected trials as bases under their weights.
TrialSettings settings_of(const JoinedTrials& joined, const Experiment& experiment,
                          std::span<const JoinCandidate> candidates);

/// What final.trials = "selection" does not go with; empty: it does. `base` is the study of the experiment's own
/// settings.
std::string why_not_selected(const StudyPlan& base, const SearchSection& search,
                             const std::vector<TrialObjective>& objectives);

}  // namespace jury
