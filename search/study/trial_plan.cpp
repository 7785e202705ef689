#include "search/study/trial_plan.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "runtime/base/hash.hpp"
#include "search/study/json.hpp"
#include "search/study/outer_folds.hpp"
#include "search/study/trial_settings.hpp"

namespace jury {
namespace {

std::string folder_name(const TrialId& id) {
  return (id.outer != TaskKey::kNone ? "outer-" + std::to_string(id.outer) + "-" : "") + "trial-" +
         std::to_string(id.trial);
}

std::string checkpoints_of(const TrialContext& context, const TrialId& id) {
  return context.directory + "/checkpoints/" + folder_name(id);
}

// A member of a population goes on from another one's checkpoint, whose settings its own begin with.
std::uint64_t identity_of_checkpoints(const TrialContext& context, const TrialSettings& settings) {
  const auto& search = context.experiment.search;
  return search && search->pruner == "pbt" ? context.identity
                                           : Hasher().add(context.identity).add(hash_of(settings)).digest();
}

}  // namespace

std::uint64_t hash_of(const TrialSettings& settings) {
  Hasher hasher;
  hasher.add(to_text(Config(settings.values)));
  for (const TrialStage& stage : settings.stages)
    hasher.add(static_cast<std::uint64_t>(stage.until_epoch)).add(to_text(Config(stage.values)));
  return std::max<std::uint64_t>(1, hasher.digest());
}

TaskKey key_in_trial(TaskKey key) noexcept {
  key.trial = 0;
  key.outer = TaskKey::kNone;
  return key;
}

TaskKey key_of_trial(TaskKey key, const TrialId& id) noexcept {
  key.trial = id.trial;
  key.outer = id.outer;
  return key;
}

TaskKey key_in_outer_plan(TaskKey key) noexcept {
  key.repeat = 0;
  key.fold = key.outer;
  return key_in_trial(key);
}

TaskKey key_of_outer_fold(TaskKey key, const TrialId& id) noexcept {
  key.repeat = TaskKey::kNone;
  key.fold = id.outer;
  return key_of_trial(key, id);
}

TrialContext trial_context(const StudyPlan& base, const std::string& directory) {
  TrialContext context{.experiment = base.experiment(),
                       .dataset = base.dataset(),
                       .donor = base.shared_donor(),
                       .directory = directory,
                       .identity = base.identity()};
  const auto& cv = base.experiment().cv;
  if (!cv || cv->outer_folds == 0) return context;
  struct Outer {
    Outer(const StudyPlan& of)
        : experiment(outer_experiment(of.experiment(), of.experiment().cv->outer_folds)),
          plan(experiment, of.dataset()) {}
    Experiment experiment;
    StudyPlan plan;
  };
  const auto outer = std::make_shared<Outer>(base);
  context.outer = std::shared_ptr<const StudyPlan>(outer, &outer->plan);
  return context;
}

TrialPlan::TrialPlan(const TrialContext& context, const TrialId& id, const TrialSettings& settings)
    : experiment_(experiment_at(context.experiment, settings.values)),
      plan_(experiment_, context.dataset, context.donor,
            id.outer == TaskKey::kNone ? PlanScope() : scope_of(*context.outer, id.outer)),
      checkpoints_(checkpoints_of(context, id), identity_of_checkpoints(context, settings)),
      outer_checkpoints_(checkpoints_of(context, id) + "/outer", identity_of_checkpoints(context, settings)) {
  for (const TrialStage& stage : settings.stages) {
    stages_.push_back(
        std::make_unique<Stage>(Stage{stage.until_epoch, experiment_at(context.experiment, stage.values), nullptr}));
    stages_.back()->plan = std::make_unique<StudyPlan>(stages_.back()->experiment, context.dataset, context.donor);
  }
  if (id.outer == TaskKey::kNone) return;
  Experiment judged = experiment_;
  judged.cv = context.experiment.cv;  // a selection of trials has no folds of its own
  outer_experiment_ = outer_experiment(judged, context.outer->num_folds());
  outer_plan_ = std::make_unique<StudyPlan>(outer_experiment_, context.dataset, context.donor);
}

std::vector<TrainingStage> TrialPlan::stages() const {
  std::vector<TrainingStage> stages;
  for (const auto& stage : stages_) stages.push_back({stage->until_epoch, stage->plan.get()});
  return stages;
}

// It saves time and nothing else: what cannot be copied is trained again.
void inherit_checkpoints(const TrialContext& context, const TrialId& id, const TrialId& parent) {
  std::error_code ignored;
  std::filesystem::copy(checkpoints_of(context, parent), checkpoints_of(context, id),
                        std::filesystem::copy_options::recursive | std::filesystem::copy_options::skip_existing,
                        ignored);
}

void remove_checkpoints(const TrialContext& context, const TrialId& id) {
  std::error_code ignored;
  std::filesystem::remove_all(checkpoints_of(context, id), ignored);
}

}  // namespace jury
