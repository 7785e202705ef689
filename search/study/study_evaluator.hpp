// Does one task of a study: what a worker does.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/data/dataset.hpp"
#include "runtime/pool/evaluator.hpp"
#include "search/study/checkpoints.hpp"
#include "search/study/member_trainer.hpp"
#include "search/study/study_plan.hpp"

namespace jury {

class StudyEvaluator final : public Evaluator {
 public:
  /// Both are shared by all threads and must outlive this. A task that is stopped leaves a checkpoint,
  /// and goes on from one that is there. `shared`: caches of other studies of this dataset on this thread; null: its
  /// own.
  StudyEvaluator(const StudyPlan& plan, const Checkpoints& checkpoints, std::vector<TrainingStage> stages = {},
                 TrainingCaches* shared = nullptr);

  std::optional<Record> evaluate(const TaskKey& key, const StopFlag& stop) override;

 private:
  const Dataset& training_dataset(const TaskKey& key);
  std::optional<TaskResult> train_one(const TaskKey& key, const StopFlag& stop);
  std::optional<TaskResult> train_rounds(const TaskKey& key, const StopFlag& stop);

  const StudyPlan& plan_;
  const Checkpoints& checkpoints_;
  std::vector<TrainingStage> stages_;
  TrainingCaches own_;
  MemberTrainer trainer_;
  // The members of a replicate train on one draw: the latest is kept.
  std::optional<Dataset> replicate_;
  std::uint64_t replicate_stream_ = 0;
};

}  // namespace jury
