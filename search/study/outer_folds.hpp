// Nested cross-validation: the folds around a search.
#pragma once

#include <cstdint>

#include "search/study/study_plan.hpp"

namespace jury {

/// The experiment that trains on what each outer fold leaves and predicts that fold: its [cv] has the outer folds,
/// once, and nothing else of it is a study. Expects [cv].
Experiment outer_experiment(const Experiment& experiment, std::int32_t folds);

/// The rows that a search inside an outer fold may see: those that `outer` (of outer_experiment()) trains on there.
PlanScope scope_of(const StudyPlan& outer, std::int32_t fold);

/// Throws ConfigError where cv.outer_folds does not go with cv.method, or there is no search to be nested.
void check_outer_folds(const Experiment& experiment);

}  // namespace jury
