#include "search/study/search_evaluator.hpp"

#include <algorithm>

namespace jury {
namespace {

constexpr std::size_t kMostKnown = 8;  // trials whose plans are kept

}  // namespace

SearchEvaluator::Known::Known(const TrialContext& context, const TrialId& of, const TrialSettings& settings,
                              TrainingCaches& caches)
    : id(of), trial(context, of, settings), evaluator(trial.plan(), trial.checkpoints(), trial.stages(), &caches) {
  if (of.outer != TaskKey::kNone)
    outer = std::make_unique<StudyEvaluator>(trial.outer_plan(), trial.outer_checkpoints(), trial.stages(), &caches);
}

SearchEvaluator::Known& SearchEvaluator::find(const TrialId& id) {
  const auto at = std::ranges::find(known_, id, &Known::id);
  if (at != known_.end()) {
    known_.splice(known_.begin(), known_, at);
  } else {
    known_.emplace_front(context_, id, settings_.find(id), caches_);
    if (known_.size() > kMostKnown) known_.pop_back();
  }
  return known_.front();
}

std::optional<Record> SearchEvaluator::evaluate(const TaskKey& key, const StopFlag& stop) {
  Known& known = find(trial_of(key));
  std::optional<Record> record = is_of_outer_fold(key) ? known.outer->evaluate(key_in_outer_plan(key), stop)
                                                       : known.evaluator.evaluate(key_in_trial(key), stop);
  if (record) record->key = key;
  return record;
}

}  // namespace jury
