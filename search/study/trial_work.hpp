// A trial under way, on rank 0: its tasks, what came of them, and what they cost.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <vector>

#include "search/study/study_checks.hpp"
#include "search/study/study_source.hpp"
#include "search/study/trial_plan.hpp"
#include "search/study/trial_score.hpp"

namespace jury {

/// What a step of a trial does: fits up to an epoch, members or folds up to a number; kAll: everything.
struct StepRange {
  static constexpr std::int64_t kAll = -1;
  std::string resource = "epochs";
  std::int64_t until = kAll;
};

/// The part of a trial's study that its objective needs first; once it is chosen, the rest.
class TrialWork {
 public:
  /// Checks the study. Throws ConfigError where the settings do not go together, or not with the data.
  TrialWork(const TrialContext& context, const TrialId& id, const Config::Table& values, const BlobStore& blobs);

  /// Records of earlier sessions that no pruner looked at: to be called before any step.
  void restore(const std::vector<Record>& records);

  /// What is to be done for a step, with keys of the run. Tasks whose records are among `known` are done at once.
  std::vector<ReadyTask> begin(const StepRange& range, const std::vector<TrialObjective>& objectives,
                               std::map<TaskKey, Record>& known);
  /// What is left of the study.
  std::vector<ReadyTask> begin_rest();
  /// A record of the run.
  void done(const Record& record);
  std::vector<ReadyTask> take_withdrawn();
  bool step_is_done() const { return pending_.empty(); }

  /// Operations of the declared training up to a step, less what early stopping saved, and of what a step does at least
  /// before it is done. A fit without early stopping costs what it was declared to, also where it diverged: only so is the
  /// virtual schedule known before the fits are done.
  double cost(const StepRange& range, const std::vector<TrialObjective>& objectives) const;
  double least_cost(const StepRange& range, const std::vector<TrialObjective>& objectives) const;

  const TrialPlan& trial() const noexcept { return trial_; }
  const StudyPlan& plan() const noexcept { return trial_.plan(); }
  StudySource& source() noexcept { return source_; }
  const StudySource& source() const noexcept { return source_; }
  std::size_t num_parameters() const noexcept { return num_parameters_; }

 private:
  std::function<bool(const TaskKey&)> wanted(const StepRange& range, const std::vector<TrialObjective>& objectives) const;
  double task_cost(const TaskKey& key, double share) const;
  bool is_declared() const;

  TrialId id_;
  TrialPlan trial_;
  CheckedStudy checked_;
  std::vector<double> flops_per_draw_;
  std::size_t num_parameters_ = 0;
  StudySource source_;
  std::set<TaskKey> pending_;  // keys in the trial
  std::set<TaskKey> begun_;    // tasks of steps so far
};

}  // namespace jury
