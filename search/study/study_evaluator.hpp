// Trains and scores one fit of a study: what a worker does with a task.
#pragma once

#include <cstdint>
#include <optional>

#include "models/data/dataset.hpp"
#include "models/data/fitted.hpp"
#include "models/data/pipeline.hpp"
#include "models/data/target_scaler.hpp"
#include "models/nn/network.hpp"
#include "models/nn/plan_cache.hpp"
#include "models/nn/train.hpp"
#include "runtime/pool/evaluator.hpp"
#include "search/study/checkpoints.hpp"
#include "search/study/fit_result.hpp"
#include "search/study/study_plan.hpp"
#include "search/study/truth_of.hpp"

namespace jury {

/// A trained member with all it needs to predict.
struct TrainedMember {
  NetworkSpec network;
  std::vector<float> weights;
  Pipeline pipeline;
  std::optional<TargetScaler> targets;  ///< only where regression targets are scaled
};

/// Predictions of a fitted member for rows of a dataset, float32 (rows, prediction_width()). The only way to
/// score: Throws LeakError when the member saw any of the rows.
std::vector<float> predict_unseen(const Fitted<TrainedMember>& member, const Dataset& dataset,
                                  std::span<const std::uint32_t> rows, PlanCache& plans, std::string_view what);

/// Scores of every metric of the task and forecast on the rows the member was trained on. Nothing may
/// be selected by them.
std::vector<double> training_scores(const Fitted<TrainedMember>& member, const Dataset& dataset,
                                    std::span<const std::uint32_t> rows, PlanCache& plans, const Forecast& forecast);

/// The same without a proof that the member did not see the rows: for rows that are not the study's.
std::vector<float> predict_new(const TrainedMember& member, const Dataset& dataset, std::span<const std::uint32_t> rows,
                               PlanCache& plans);

/// Bytes of pipeline and target scaling, as FitResult::preprocess holds them.
Bytes save_preprocess(const TrainedMember& member);

/// The member that FitResult::network, weights and preprocess are of. Throws DataError when they are damaged or
/// do not fit together.
TrainedMember load_member(std::span<const std::byte> network, std::vector<float> weights, std::span<const std::byte> preprocess);

class StudyEvaluator final : public Evaluator {
 public:
  /// Both are shared by all threads and must outlive this. A fit that is stopped leaves a checkpoint,
  /// and goes on from one that is there.
  StudyEvaluator(const StudyPlan& plan, const Checkpoints& checkpoints);

  std::optional<Record> evaluate(const TaskKey& key, const StopFlag& stop) override;

 private:
  const Dataset& training_dataset(const TaskKey& key);
  TrainResult train_member(const TaskKey& key, const TrainedMember& member, const TrainingSet& set, const StopFlag& stop);

  const StudyPlan& plan_;
  const Checkpoints& checkpoints_;
  PlanCache plans_;
  // The members of a replicate train on one draw: the latest is kept.
  std::optional<Dataset> replicate_;
  std::int32_t replicate_index_ = TaskKey::kNone;
};

}  // namespace jury
