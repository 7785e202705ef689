// How good a trial is: its objectives, its scores, and its out-of-fold predictions.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "search/study/jury_scores.hpp"

namespace jury {

/// What trials are compared by.
struct TrialObjective {
  const Metric* metric = nullptr;
  std::string source = "oof";  ///< oof; oob: no folds are needed; function
  bool maximize = false;
  std::string cost = {};      ///< instead of a score: flops, parameters, members or bytes
  std::string function = {};  ///< instead of either: a built-in function

  /// "log_loss", or "oob.log_loss".
  std::string name() const;
  /// Without what it is computed from; "" of a cost or a function.
  std::string metric_name() const { return metric != nullptr ? std::string(metric->name) : ""; }
  /// The value as samplers and pruners take it, which minimise.
  double minimised(double value) const noexcept { return maximize ? -value : value; }
};

/// The objectives of an experiment with [search]. Throws ConfigError for an unknown metric or one that does not apply,
/// and where nothing could be scored: "oob." without bags, else without [cv]; and where the first is a cost.
std::vector<TrialObjective> objectives_of(const Experiment& experiment, const Dataset& dataset);

struct TrialScore {
  std::vector<double> objectives =
      {};  ///< as they are; costs NaN; mean over repeats. NaN where there is nothing to score
  double standard_error = std::numeric_limits<double>::quiet_NaN();  ///< of the first one, over folds
  std::vector<double> scores = {};                                   ///< of each metric of Scoring, as objectives
  std::vector<std::vector<float>> oof =
      {};                          ///< of each repeat the reported predictions (rows, width); rows not predicted NaN
  std::vector<double> folds = {};  ///< of the first objective, repeat after repeat; NaN where not done, or not defined
  std::vector<bool> fold_predicted = {};  ///< of each of these: whether all its rows have a prediction
};

/// The scores of what is there. Pure: the same for any order of arrival.
TrialScore score_trial(const StudyPlan& plan, const Fits& fits, const std::vector<TrialObjective>& objectives);

}  // namespace jury
