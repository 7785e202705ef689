// What the replicates of a bias-variance study predict of the test set.
#pragma once

#include <vector>

#include "search/study/jury_scores.hpp"
#include "search/study/member_predictions.hpp"

namespace jury {

/// Whether every fit of a replicate's predictor is there that is going to be, and complete.
bool replicate_is_complete(const StudyPlan& plan, const Fits& fits, const TaskKey& predictor);

/// The single model of a replicate, (rows, width): a fit of its own, or where any member is one the first; of a stack
/// its first base. Expects a complete replicate.
std::vector<float> single_of(const StudyPlan& plan, const Fits& fits, const TaskKey& predictor,
                             const MemberPredictions& members);

/// The ensemble of a replicate as it is reported, (rows, width).
std::vector<float> ensemble_of(const StudyPlan& plan, const MemberPredictions& members, const Scoring& scoring);

}  // namespace jury
