// How much each member counts where its jury joins by weight.
#pragma once

#include <map>

#include "runtime/base/task_key.hpp"
#include "search/study/member_predictions.hpp"
#include "search/study/study_plan.hpp"

namespace jury {

/// The weights of the members of a jury, in their order, up to the last that is there; 0 for those that are
/// missing or did not complete.
///
/// Of boosting those of its rounds: AdaBoost's votes, and for gradient boosting 1 up to the round with the
/// least held-out loss. Of others what ensemble.weights says: 1, or from the scores on the rows out of the
/// bag or held out by early stopping (weights_from_scores()).
std::vector<double> member_weights(const StudyPlan& plan, const Fits& fits, TaskKey jury);

}  // namespace jury
