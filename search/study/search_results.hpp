// What a search found: every trial, and the one that was chosen.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/metrics/honest_winner.hpp"
#include "runtime/base/numbers.hpp"
#include "search/importance/fanova.hpp"
#include "search/study/joined_trials.hpp"
#include "search/study/member_predictions.hpp"
#include "search/study/study_results.hpp"
#include "search/study/trial_plan.hpp"
#include "search/study/trial_score.hpp"

namespace jury {

/// One trial.
struct TrialLine {
  TrialId id;
  Config::Table values = {};             ///< what it sets, by path
  std::int32_t parent = TaskKey::kNone;  ///< of a population: the trial whose networks it goes on with
  std::string state = "running";  ///< complete, pruned, failed, running; paused, and of a population where it went on
  std::string error = {};         ///< why it failed
  TrialScore score = {};          ///< of what was done of it; out-of-fold predictions of complete ones alone
  std::int64_t resource = 0;      ///< epochs, members or folds it got to; 0: all there is
  double start = kNaN;            ///< by the virtual clock
  double end = kNaN;
  std::vector<double> point = {};  ///< in the unit cube, a number for each parameter; NaN where it is not active
  std::int32_t pareto_rank = -1;   ///< among the complete trials of its search, 0: no other is better in all; -1: none
};

/// The score of the chosen trial with the optimism of the choice taken out.
struct HonestSelection {
  std::optional<HonestWinner> winner = {};  ///< nothing: see reason
  std::vector<std::int32_t> trials = {};  ///< that had complete out-of-fold predictions, in the order of winner->chosen
  std::string reason = {};                ///< why there is none
};

/// What was chosen in an outer fold, and what it is worth on the rows of that fold.
struct OuterLine {
  TrialId id;
  std::size_t num_rows = 0;
  double inner_value = 0;  ///< of the objective, by the search's own folds: as naive as any winner's
  TrialScore score = {};   ///< on the outer fold
};

/// Which settings mattered: shares of the variance of the first objective over the space.
struct StudyImportance {
  std::size_t num_trials = 0;  ///< that are complete; 0: too few to tell
  Importance shares = {};      ///< in the order of SearchResults::parameters
};

struct SearchResults {
  Config experiment = {};  ///< recorded_config() of the experiment as it was given
  std::string method;
  std::string pruner;
  std::vector<std::string> parameters = {};  ///< paths, in the order of the space
  std::vector<TrialObjective> objectives = {};
  std::vector<const Metric*> metrics = {};  ///< of TrialScore::scores
  std::vector<TrialLine> trials = {};
  std::int32_t chosen = TaskKey::kNone;  ///< trial of the main search; the best so far while it goes on
  bool complete = false;
  HonestSelection honest = {};
  std::optional<JoinedTrials> joined = {};  ///< with final.trials = "selection", once the trials are done
  std::vector<OuterLine> outer = {};        ///< with nested folds
  StudyImportance importance = {};          ///< of the main search
  /// The fits of all trials but the chosen one, without their predictions, and their scores.
  Fits fits = {};
  std::vector<std::pair<TaskKey, FitScores>> fit_scores = {};
};

/// Whether the final predictor is a selection of trials, and not the chosen one.
inline bool is_joined(const SearchResults& search) noexcept { return search.joined && search.joined->reason.empty(); }

/// The study whose fits are not among SearchResults::fits: of the chosen trial, or of those that are joined.
inline TrialId shown_study(const SearchResults& search) noexcept {
  return {TaskKey::kNone, is_joined(search) ? search.joined->number : std::max(search.chosen, 0)};
}

/// The k-th value, NaN where there are fewer.
inline double at_or_nan(const std::vector<double>& values, std::size_t k) {
  return k < values.size() ? values[k] : kNaN;
}

/// Mean and standard error over the outer folds of the objective there; NaN without them.
MeanError nested_value(const SearchResults& search);

}  // namespace jury
