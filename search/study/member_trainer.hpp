// Trains one member: from the rows it may see to what predicts.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/data/pipeline_cache.hpp"
#include "models/nn/train.hpp"
#include "search/study/fit_result.hpp"
#include "search/study/study_plan.hpp"
#include "search/study/trained_member.hpp"

namespace jury {

/// Settings that hold up to an epoch: those of another study of the same experiment.
struct TrainingStage {
  std::int32_t until_epoch = 0;
  const StudyPlan* plan = nullptr;
};

/// What a member is trained on. Everything referred to must outlive the training.
struct MemberRequest {
  TaskKey key;  ///< its configuration and random streams
  const Dataset& dataset;
  std::span<const std::uint32_t> draws;
  std::span<const float> weights = {};   ///< one per draw; empty: those of the data
  std::span<const double> targets = {};  ///< (rows of the dataset, num_targets) instead of its own
  std::size_t num_targets = 0;
  std::span<const float> initial = {};          ///< first weights of the network; empty: its own
  std::span<const std::byte> checkpoint = {};   ///< of the same training
  std::function<void(const Bytes&)> save = {};  ///< takes checkpoints
  std::int32_t until_epoch = 0;                 ///< pause there, see TrainContext; 0: no pause
  std::span<const TrainingStage> stages = {};   ///< before the plan's own settings, of networks
};

/// A training that ended by itself.
struct MemberTraining {
  std::optional<Fitted<TrainedMember>> member;  ///< nothing when it diverged
  std::vector<float> latest = {};               ///< weights after the last epoch, where others predict
  FitOutcome outcome;                           ///< without predictions
};

/// What trainings on one thread share, also those of several studies of one dataset (the trials of a search).
struct TrainingCaches {
  PlanCache plans = PlanCache();
  PipelineCache pipelines = PipelineCache();  ///< of the study's dataset, not of replicates
};

/// Lives on one worker thread.
class MemberTrainer {
 public:
  /// Both must outlive it.
  MemberTrainer(const StudyPlan& plan, TrainingCaches& caches) : plan_(plan), caches_(caches) {}

  /// Fits preprocessing and network, or trees, on the draws alone. Nothing when it was stopped; the request's save
  /// then has had the network's state, if it had begun. Trees start anew.
  std::optional<MemberTraining> train(const MemberRequest& request, const StopFlag& stop);

  /// The same behind a pipeline that is fitted already: what that saw, the member has seen.
  std::optional<MemberTraining> train_behind(const Fitted<Pipeline>& pipeline, const MemberRequest& request,
                                             const StopFlag& stop);

  PlanCache& plans() noexcept { return caches_.plans; }
  const StudyPlan& plan() const noexcept { return plan_; }

 private:
  std::optional<MemberTraining> train_network(const MemberRequest& request, const Fitted<Pipeline>& pipeline,
                                              const StopFlag& stop);

  const StudyPlan& plan_;
  TrainingCaches& caches_;
};

/// A weight per draw: the request's, or those of its data. Empty: all equal.
std::vector<float> draw_weights(const MemberRequest& request);

/// Stores in the result what a kept member needs to predict for others.
void keep_member(const TrainedMember& member, std::vector<float> latest, FitResult& result);

/// Whether the weights of this fit are stored.
bool is_kept(const StudyPlan& plan, const TaskKey& key) noexcept;

/// The draws, each once, ascending.
std::vector<std::uint32_t> distinct_rows(std::span<const std::uint32_t> draws);

}  // namespace jury
