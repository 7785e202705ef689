// What the rungs of a search's trials are, and the pruner that looks at them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "search/pruner/pruner.hpp"
#include "search/sampler/space.hpp"
#include "search/study/trial_score.hpp"

namespace jury {

/// What trials get more of: epochs, members or folds; of race folds, whatever search.rungs.resource says.
std::string rung_resource(const SearchSection& search);

/// The pruner of [search] for trials of `base`, the study of the experiment's own settings. Throws ConfigError where its rungs
/// do not go with what is trained, with the space, or with the objectives.
std::unique_ptr<Pruner> make_trial_pruner(const SearchSection& search, const StudyPlan& base, const Space& space,
                                          const std::vector<TrialObjective>& objectives);

}  // namespace jury
