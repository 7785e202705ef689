// Does one task of a study: what a worker does.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/data/dataset.hpp"
#include "models/nn/plan_cache.hpp"
#include "runtime/pool/evaluator.hpp"
#include "search/study/checkpoints.hpp"
#include "search/study/member_trainer.hpp"
#include "search/study/study_plan.hpp"

namespace jury {

class StudyEvaluator final : public Evaluator {
 public:
  /// Both are shared by all threads and must outlive this. A task that is stopped leaves a checkpoint,
  /// and goes on from one that is there. `settings`: what records say of the trial (TaskResult::settings).
  StudyEvaluator(const StudyPlan& plan, const Checkpoints& checkpoints, std::vector<TrainingStage> stages = {}, std::uint64_t settings = 0);

  std::optional<Record> evaluate(const TaskKey& key, const StopFlag& stop) override;

 private:
  const Dataset& training_dataset(const TaskKey& key);
  std::optional<TaskResult> train_one(const TaskKey& key, const StopFlag& stop);
  std::optional<TaskResult> train_rounds(const TaskKey& key, const StopFlag& stop);

  const StudyPlan& plan_;
  const Checkpoints& checkpoints_;
  std::vector<TrainingStage> stages_;
  std::uint64_t settings_;
  PlanCache plans_;
  MemberTrainer trainer_;
  // The members of a replicate train on one draw: the latest is kept.
  std::optional<Dataset> replicate_;
  std::uint64_t replicate_stream_ = 0;
};

}  // namespace jury
