// Everything that can be wrong with a search and is known before any training.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "search/pruner/pruner.hpp"
#include "search/sampler/space.hpp"
#include "search/study/trial_plan.hpp"
#include "search/study/trial_score.hpp"

namespace jury {

/// What of [search] can be wrong without the data: space, starting points, method, objectives by form. Expects experiment.search.
void check_search_settings(const Experiment& experiment, Problems& problems);

/// Work of a trial that one point of the space asks for.
struct TrialEffort {
  std::size_t fits = 0;  ///< for its objective
  double flops = 0;      ///< of these
  std::size_t rest = 0;  ///< fits that follow where it is chosen
  double rest_flops = 0;
};

struct CheckedSearch {
  std::vector<TrialObjective> objectives;
  Space space = {};
  std::unique_ptr<Pruner> pruner = {};
  std::vector<TrialEffort> efforts = {};  ///< of the first points that are valid
  std::size_t num_tried = 0;              ///< points that were looked at
  std::string first_reason = {};          ///< why the first of the invalid ones is; empty: all are valid
};

/// Checks a search against the data, and points of its space until `enough` of them are valid. Throws ConfigError for whatever
/// would end the run, and where as many points as there are to be trials (1000 at most) are all invalid, with the reason of the
/// first.
CheckedSearch check_search(const TrialContext& context, std::size_t enough = 1);

}  // namespace jury
