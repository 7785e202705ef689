// What a trial trains, on any rank.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "search/study/checkpoints.hpp"
#include "search/study/member_trainer.hpp"
#include "search/study/study_plan.hpp"

namespace jury {

/// A trial of the main search, or of that on the rows an outer fold leaves.
struct TrialId {
  std::int32_t outer = TaskKey::kNone;
  std::int32_t trial = 0;
  auto operator<=>(const TrialId&) const = default;
};

inline TrialId trial_of(const TaskKey& key) noexcept { return {key.outer, key.trial}; }
/// The key within its trial, and back.
TaskKey key_in_trial(TaskKey key) noexcept;
TaskKey key_of_trial(TaskKey key, const TrialId& id) noexcept;

/// With nested folds: a task of what the chosen trial of an outer fold is evaluated by. Its key names the outer fold as
/// its fold, too.
inline bool is_of_outer_fold(const TaskKey& key) noexcept {
  return key.outer != TaskKey::kNone && key.repeat == TaskKey::kNone && key.fold == key.outer;
}
/// Its key within TrialPlan::outer_plan(), and back.
TaskKey key_in_outer_plan(TaskKey key) noexcept;
TaskKey key_of_outer_fold(TaskKey key, const TrialId& id) noexcept;

/// Settings that hold up to an epoch, from where others go on with the same training.
struct TrialStage {
  std::int32_t until_epoch = 0;
  Config::Table values = {};
  bool operator==(const TrialStage&) const = default;
};

/// What a trial sets, by path; of population based training also what was set before. It says all about the trial: a
/// checkpoint only saves time.
struct TrialSettings {
  Config::Table values = {};
  std::vector<TrialStage> stages = {};
  bool operator==(const TrialSettings&) const = default;
};

/// Never 0, and different for different settings: a record of a trial, and the folder of its checkpoints, say what they
/// are of.
std::uint64_t hash_of(const TrialSettings& settings);

/// What all trials of a run share. What is referred to must outlive them.
struct TrialContext {
  const Experiment& experiment;  ///< with [search]
  const Dataset& dataset;
  std::shared_ptr<const Donor> donor;
  std::string directory;  ///< of the run
  std::uint64_t identity = 0;
  std::shared_ptr<const StudyPlan> outer = {};  ///< with nested folds: of outer_experiment()
};

/// The context of a run in this directory. `base` is the study of the experiment's own settings; it and its experiment
/// must outlive the context. Throws ConfigError where the outer folds do not go with the data.
TrialContext trial_context(const StudyPlan& base, const std::string& directory);

/// The study of one trial: the experiment at its settings. Its keys say nothing of the trial.
class TrialPlan {
 public:
  /// Throws ConfigError where the settings do not go together, or not with the data.
  TrialPlan(const TrialContext& context, const TrialId& id, const TrialSettings& settings);
  TrialPlan(const TrialPlan&) = delete;
  TrialPlan& operator=(const TrialPlan&) = delete;

  const StudyPlan& plan() const noexcept { return plan_; }
  const Checkpoints& checkpoints() const noexcept { return checkpoints_; }
  std::vector<TrainingStage> stages() const;
  /// Trains on what the trial's outer fold leaves and predicts it. Expects an outer fold.
  const StudyPlan& outer_plan() const noexcept { return *outer_plan_; }
  const Checkpoints& outer_checkpoints() const noexcept { return outer_checkpoints_; }

 private:
  struct Stage {
    std::int32_t until_epoch;
    Experiment experiment;
    std::unique_ptr<StudyPlan> plan;
  };
  Experiment experiment_;
  StudyPlan plan_;
  std::vector<std::unique_ptr<Stage>> stages_;
  Checkpoints checkpoints_;
  Experiment outer_experiment_;
  std::unique_ptr<StudyPlan> outer_plan_;
  Checkpoints outer_checkpoints_;
};

/// Copies the checkpoints of the trial that another one goes on from.
void inherit_checkpoints(const TrialContext& context, const TrialId& id, const TrialId& parent);
/// Removes the checkpoints of a trial: it has no task left.
void remove_checkpoints(const TrialContext& context, const TrialId& id);

}  // namespace jury
