// Everything that can be wrong with a search and is known before any training.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "search/study/study_plan.hpp"
#include "search/study/trial_work.hpp"

namespace jury {

/// What of [search] can be wrong without the data: space, starting points, method, the form of objectives. Expects
/// experiment.search.
void check_search_settings(const Experiment& experiment, Problems& problems);

/// What a trial at one point of the space trains.
struct TrialEffort {
  std::size_t fits = 0;  ///< for its objective
  double flops = 0;      ///< of these
  std::size_t rest = 0;  ///< fits that follow where it is chosen
  double rest_flops = 0;
};

struct CheckedSearch {
  SearchTask task;
  std::vector<TrialEffort> efforts = {};  ///< of the first points that are valid
  std::size_t num_tried = 0;              ///< points that were looked at
  std::string first_reason = {};          ///< why the first of the invalid ones is; empty: all are valid
  bool selects = false;                   ///< final.trials
  std::int32_t outer_folds = 0;           ///< further searches, each without the rows of one outer fold
};

/// Checks the search of `base`, the study of an experiment's own settings, and points of its space until `enough` of
/// them are valid. Throws ConfigError for whatever would end the run, and where as many points as there are to be
/// trials (1000 at most) are all invalid, with the reason of the first.
CheckedSearch check_search(const StudyPlan& base, std::size_t enough = 1);

/// The pruner of a search. Throws ConfigError as make_pruner().
std::unique_ptr<Pruner> pruner_of(const SearchTask& task);

}  // namespace jury
