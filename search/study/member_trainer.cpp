#include "search/study/member_trainer.hpp"

#include <algorithm>

#include "search/study/study_checks.hpp"
#include "search/study/tree_member.hpp"

namespace jury {
namespace {

// What the training says of itself; predictions come after.
FitResult result_of(const TrainResult& trained, const NetworkSpec& spec, std::size_t draws) {
  FitResult result{.num_train = static_cast<std::int64_t>(draws),
                   .num_params = static_cast<std::int64_t>(num_parameters(spec)),
                   .num_steps = trained.steps,
                   .num_epochs = trained.epochs,
                   .best_epoch = trained.status == TrainStatus::diverged ? 0 : trained.best_epoch};
  for (const EpochRecord& epoch : trained.curve) {
    result.curve_loss.push_back(epoch.train_loss);
    result.curve_lr.push_back(epoch.lr);
    if (trained.metrics.empty()) continue;
    result.curve_valid_loss.push_back(epoch.valid_loss);
    result.curve_valid_scores.insert(result.curve_valid_scores.end(), epoch.valid_scores.begin(),
                                     epoch.valid_scores.end());
  }
  result.curve_metrics = trained.metrics;
  return result;
}

TrainStreams streams_of(const StudyPlan& plan, const TaskKey& key) {
  return {.init = plan.stream(Purpose::init, key),
          .shuffle = plan.stream(Purpose::shuffle, key),
          .dropout = plan.stream(Purpose::dropout, key),
          .augment = plan.stream(Purpose::augment, key),
          .noise = plan.stream(Purpose::noise, key),
          .early_stopping = plan.stream(Purpose::early_stopping, key)};
}

}  // namespace

std::vector<float> draw_weights(const MemberRequest& request) {
  std::vector<float> weights(request.weights.begin(), request.weights.end());
  const std::span<const float> own = request.dataset.weight();
  if (!weights.empty() || own.empty()) return weights;
  weights.reserve(request.draws.size());
  for (const std::uint32_t row : request.draws) weights.push_back(own[row]);
  return weights;
}

std::optional<MemberTraining> MemberTrainer::train(const MemberRequest& request, const StopFlag& stop) {
  const Configuration& configuration = plan_.configuration(request.key);
  const Dataset& dataset = request.dataset;
  // Everything below is fitted on the draws alone, and says so.
  const std::vector<PreprocessStep> steps = steps_of(configuration, dataset);
  const auto features = plan_.features(request.key);
  if (&dataset != &plan_.dataset())
    return train_behind(fit_pipeline(dataset, steps, request.draws, features), request, stop);
  return train_behind(*caches_.pipelines.fit(dataset, steps, request.draws, features), request, stop);
}

std::optional<MemberTraining> MemberTrainer::train_behind(const Fitted<Pipeline>& pipeline,
                                                          const MemberRequest& request, const StopFlag& stop) {
  auto training = trains_trees(plan_.configuration(request.key)) ? train_tree_member(plan_, request, pipeline, stop)
                                                                 : train_network(request, pipeline, stop);
  if (!training || !training->member) return training;
  RowSet saw = training->member->saw();
  saw.insert(pipeline.saw());
  training->member = Fitted<TrainedMember>(**training->member, std::move(saw));
  return training;
}

std::optional<MemberTraining> MemberTrainer::train_network(const MemberRequest& request,
                                                           const Fitted<Pipeline>& pipeline, const StopFlag& stop) {
  const Dataset& dataset = request.dataset;
  TrainedMember member{.network = network_of(plan_, request.key, dataset, *pipeline),
                       .weights = {},
                       .pipeline = *pipeline,
                       .targets = {}};
  if (!request.targets.empty()) {
    member.targets = target_scaler_of(request.targets, request.num_targets, request.draws);
  } else if (dataset.task() == TaskKind::regression && scales_targets(member.network.head)) {
    member.targets = *fit_target_scaler(dataset, request.draws);
  }
  const std::vector<float> weights = draw_weights(request);
  const TrainingSet set{.dataset = dataset,
                        .pipeline = member.pipeline,
                        .rows = request.draws,
                        .weights = weights,
                        .target_scaler = member.targets ? &*member.targets : nullptr,
                        .targets = request.targets};
  const TrainOptions options = train_options_of(plan_, request.key);
  const TrainStreams streams = streams_of(plan_, request.key);
  std::vector<float> transferred;
  if (request.initial.empty() && plan_.donor() != nullptr)
    transferred = transfer_weights(*plan_.donor(), member.network, streams.init);
  Bytes state(request.checkpoint.begin(), request.checkpoint.end());
  const auto train_with = [&](const NetworkSpec& network, const TrainOptions& with, std::int32_t until_epoch) {
    return jury::train(network, with, set, streams,
                       {.plans = caches_.plans,
                        .stop = stop,
                        .initial = request.initial.empty() ? transferred : request.initial,
                        .checkpoint = state,
                        .save = request.save,
                        .until_epoch = until_epoch});
  };
  TrainResult trained;
  bool is_over = false;
  for (const TrainingStage& stage : request.stages) {
    if (is_over) break;
    trained = train_with(network_of(*stage.plan, request.key, dataset, *pipeline),
                         train_options_of(*stage.plan, request.key), stage.until_epoch);
    is_over = trained.status == TrainStatus::stopped || trained.status == TrainStatus::diverged;
    state = trained.checkpoint;
  }
  if (!is_over) trained = train_with(member.network, options, request.until_epoch);
  if (trained.status == TrainStatus::stopped) {
    if (trained.epochs > 0 && request.save) request.save(trained.checkpoint);
    return std::nullopt;
  }
  if (!trained.checkpoint.empty() && request.save) request.save(trained.checkpoint);
  MemberTraining training{.member = {}, .latest = std::move(trained.latest), .outcome = {}};
  training.outcome.result = result_of(trained, member.network, request.draws.size());
  if (trained.status == TrainStatus::diverged) {
    training.outcome.state = TaskState::diverged;
    training.outcome.message = "diverged in epoch " + std::to_string(trained.epochs) + " (try a smaller train.lr)";
    return training;
  }
  member.weights = std::move(trained.weights);
  training.member.emplace(std::move(member), RowSet(dataset.domain(), request.draws));
  return training;
}

void keep_member(const TrainedMember& member, std::vector<float> latest, FitResult& result) {
  result.weights = member.weights;
  result.latest = std::move(latest);
  result.network = save_model(member);
  result.preprocess = save_preprocess(member);
}

bool is_kept(const StudyPlan& plan, const TaskKey& key) noexcept {
  const FinalOptions& final = plan.experiment().final;
  const bool is_final = key.fold == TaskKey::kNone && key.replicate == TaskKey::kNone && key.inner == TaskKey::kNone;
  return (is_final && final.refit) || final.weights == "all";
}

std::vector<std::uint32_t> distinct_rows(std::span<const std::uint32_t> draws) {
  std::vector<std::uint32_t> rows(draws.begin(), draws.end());
  std::ranges::sort(rows);
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

}  // namespace jury
