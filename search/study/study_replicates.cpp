#include "search/study/study_replicates.hpp"

#include <algorithm>

namespace jury {
namespace {

bool is_complete(const Fits& fits, const TaskKey& key) {
  const auto fit = fits.find(key);
  return fit != fits.end() && fit->second.state == TaskState::complete;
}

// Every member is there that is going to be.
bool jury_is_complete(const StudyPlan& plan, const Fits& fits, const TaskKey& jury) {
  const EnsembleOptions& ensemble = plan.configuration(jury).ensemble;
  const std::vector<TaskKey> tasks = plan.tasks_of(jury);
  const std::size_t needed = is_auto(ensemble) ? 1 : tasks.size();
  return std::ranges::all_of(std::span(tasks).first(needed),
                             [&](const TaskKey& task) { return is_complete(fits, task); });
}

}  // namespace

bool replicate_is_complete(const StudyPlan& plan, const Fits& fits, const TaskKey& predictor) {
  if (plan.has_single() && !is_complete(fits, predictor)) return false;
  return std::ranges::all_of(plan.juries_of(predictor),
                             [&](const TaskKey& jury) { return jury_is_complete(plan, fits, jury); });
}

std::vector<float> single_of(const StudyPlan& plan, const Fits& fits, const TaskKey& predictor,
                             const MemberPredictions& members) {
  if (plan.has_single()) return fits.at(predictor).array(&FitResult::test);
  return members.member(0);
}

std::vector<float> ensemble_of(const StudyPlan& plan, const MemberPredictions& members, const Scoring& scoring) {
  Combiner combiner = combiner_of(plan, scoring, members.rows.size());
  for (std::size_t m = 0; m < members.num_members; ++m) combiner.add(members.member(m), members.weights_of(m));
  return reported_of(combiner, members, scoring);
}

}  // namespace jury
