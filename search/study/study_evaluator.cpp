#include "search/study/study_evaluator.hpp"

#include <algorithm>
#include <utility>

#include "models/data/load.hpp"
#include "models/metrics/scores.hpp"
#include "models/nn/predict.hpp"
#include "models/nn/train.hpp"
#include "search/study/study_checks.hpp"

namespace jury {
namespace {

std::vector<float> draw_weights(const Dataset& dataset, std::span<const std::uint32_t> draws) {
  std::vector<float> weights;
  if (dataset.weight().empty()) return weights;
  weights.reserve(draws.size());
  for (const std::uint32_t row : draws) weights.push_back(dataset.weight()[row]);
  return weights;
}

// What the training says of itself; predictions come after.
FitResult result_of(const TrainResult& trained, const NetworkSpec& spec, const FitRows& rows) {
  FitResult result{.num_train = static_cast<std::int64_t>(rows.draws.size()),
                   .num_valid = static_cast<std::int64_t>(rows.valid.size()),
                   .num_params = static_cast<std::int64_t>(num_parameters(spec)),
                   .num_steps = trained.steps,
                   .num_epochs = trained.epochs,
                   .best_epoch = trained.status == TrainStatus::diverged ? 0 : trained.best_epoch};
  for (const EpochRecord& epoch : trained.curve) {
    result.curve_loss.push_back(epoch.train_loss);
    result.curve_lr.push_back(epoch.lr);
    if (trained.metrics.empty()) continue;
    result.curve_valid_loss.push_back(epoch.valid_loss);
    result.curve_valid_scores.insert(result.curve_valid_scores.end(), epoch.valid_scores.begin(), epoch.valid_scores.end());
  }
  result.curve_metrics = trained.metrics;
  return result;
}

}  // namespace

std::vector<float> predict_new(const TrainedMember& member, const Dataset& dataset, std::span<const std::uint32_t> rows,
                               PlanCache& plans) {
  std::vector<float> out(rows.size() * static_cast<std::size_t>(member.network.outputs));
  const TrainedNetwork network{.spec = member.network,
                               .weights = member.weights,
                               .pipeline = member.pipeline,
                               .target_scaler = member.targets ? &*member.targets : nullptr};
  predict(network, dataset, rows, plans, out);
  return out;
}

std::vector<float> predict_unseen(const Fitted<TrainedMember>& member, const Dataset& dataset,
                                  std::span<const std::uint32_t> rows, PlanCache& plans, std::string_view what) {
  require_unseen(member.saw(), dataset.domain(), rows, what);
  return predict_new(*member, dataset, rows, plans);
}

std::vector<double> training_scores(const Fitted<TrainedMember>& member, const Dataset& dataset,
                                    std::span<const std::uint32_t> rows, PlanCache& plans, const Forecast& forecast) {
  const auto predictions = predict_new(*member, dataset, rows, plans);
  const TruthOf truth(dataset, rows, forecast);
  std::vector<double> scores;
  for (const Metric* metric : choose_metrics(outcome_of(dataset), {}, forecast.kind))
    scores.push_back(score(*metric, truth.truth(), predictions));
  return scores;
}

Bytes save_preprocess(const TrainedMember& member) {
  ByteWriter writer;
  member.pipeline.save(writer);
  writer.add(static_cast<std::uint8_t>(member.targets ? 1 : 0));
  if (member.targets) member.targets->save(writer);
  return writer.take();
}

TrainedMember load_member(std::span<const std::byte> network, std::vector<float> weights, std::span<const std::byte> preprocess) {
  ByteReader reader(preprocess);
  TrainedMember member{.network = network_from_bytes(network), .weights = std::move(weights), .pipeline = Pipeline::load(reader), .targets = {}};
  if (reader.read<std::uint8_t>() != 0) member.targets = TargetScaler::load(reader);
  const auto refuse = [](bool wrong, const char* why) {
    if (wrong) throw DataError(std::string("stored member is damaged (") + why + ")");
  };
  refuse(!reader.empty(), "bytes are left behind its preprocessing");
  refuse(member.weights.size() != num_parameters(member.network), "it has other weights than its network");
  double inputs = 1;
  for (const std::int32_t extent : member.network.input) inputs *= extent;
  refuse(inputs != static_cast<double>(member.pipeline.width()), "its preprocessing gives other inputs than its network takes");
  const std::size_t targets = member.targets ? member.targets->num_targets() : 1;
  refuse(targets == 0 || static_cast<std::size_t>(member.network.outputs) % targets != 0,
         "its scaling is of other targets");
  return member;
}

StudyEvaluator::StudyEvaluator(const StudyPlan& plan, const Checkpoints& checkpoints)
    : plan_(plan), checkpoints_(checkpoints) {}

const Dataset& StudyEvaluator::training_dataset(const TaskKey& key) {
  if (key.replicate == TaskKey::kNone || !plan_.draws_replicates()) return plan_.dataset();
  if (replicate_index_ != key.replicate) {
    replicate_ = Dataset::own(generate_replicate(plan_.experiment().data, plan_.replicate_stream(key.replicate)));
    replicate_index_ = key.replicate;
  }
  return *replicate_;
}

TrainResult StudyEvaluator::train_member(const TaskKey& key, const TrainedMember& member, const TrainingSet& set,
                                         const StopFlag& stop) {
  const TrainStreams streams{.init = plan_.stream(Purpose::init, key),
                             .shuffle = plan_.stream(Purpose::shuffle, key),
                             .dropout = plan_.stream(Purpose::dropout, key),
                             .augment = plan_.stream(Purpose::augment, key),
                             .noise = plan_.stream(Purpose::noise, key),
                             .early_stopping = plan_.stream(Purpose::early_stopping, key)};
  const std::vector<float> initial =
      plan_.donor() != nullptr ? transfer_weights(*plan_.donor(), member.network, streams.init) : std::vector<float>();
  const Bytes begun = checkpoints_.read(key).value_or(Bytes{});
  TrainResult trained = train(member.network, plan_.experiment().train, set, streams,
                              {.plans = plans_,
                               .stop = stop,
                               .initial = initial,
                               .checkpoint = begun,
                               .save = [&](const Bytes& state) { checkpoints_.write(key, state); }});
  if (trained.status == TrainStatus::stopped && trained.epochs > 0) checkpoints_.write(key, trained.checkpoint);
  return trained;
}

std::optional<Record> StudyEvaluator::evaluate(const TaskKey& key, const StopFlag& stop) {
  const Experiment& experiment = plan_.experiment();
  const Dataset& dataset = training_dataset(key);
  const FitRows rows = plan_.rows(key, dataset);

  // Everything below is fitted on the draws alone, and says so.
  const RowSet saw(dataset.domain(), rows.draws);
  const auto steps = steps_of(experiment, dataset);
  const Fitted<Pipeline> pipeline = fit_pipeline(dataset, steps, rows.draws);
  TrainedMember member{.network = network_of(plan_, dataset, *pipeline),
                       .weights = {},
                       .pipeline = *pipeline,
                       .targets = {}};
  if (dataset.task() == TaskKind::regression && scales_targets(member.network.head))
    member.targets = *fit_target_scaler(dataset, rows.draws);

  const auto weights = draw_weights(dataset, rows.draws);
  TrainResult trained = train_member(key, member,
                                     {.dataset = dataset,
                                      .pipeline = member.pipeline,
                                      .rows = rows.draws,
                                      .weights = weights,
                                      .target_scaler = member.targets ? &*member.targets : nullptr},
                                     stop);
  if (trained.status == TrainStatus::stopped) return std::nullopt;

  Record record;
  record.key = key;
  FitResult result = result_of(trained, member.network, rows);
  if (trained.status == TrainStatus::diverged) {
    record.state = TaskState::diverged;
    record.message = "diverged in epoch " + std::to_string(trained.epochs) + " (try a smaller train.lr)";
    record.payload = to_bytes(result);
    return record;
  }

  member.weights = std::move(trained.weights);
  const Fitted<TrainedMember> fitted(std::move(member), saw);
  const std::string what = to_string(key);
  std::vector<std::uint32_t> seen = rows.draws;
  seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
  result.train_scores = training_scores(fitted, dataset, seen, plans_, forecast_of(experiment, dataset.task()));
  result.valid = predict_unseen(fitted, plan_.dataset(), rows.valid, plans_, what);
  result.oob = predict_unseen(fitted, plan_.dataset(), rows.oob, plans_, what);
  result.test = predict_unseen(fitted, plan_.dataset(), rows.test, plans_, what);
  const bool is_final = key.fold == TaskKey::kNone && key.replicate == TaskKey::kNone && experiment.final.refit;
  if (is_final || experiment.final.weights == "all") {
    result.weights = fitted->weights;
    result.latest = std::move(trained.latest);
    result.network = to_bytes(fitted->network);
    result.preprocess = save_preprocess(*fitted);
  }
  record.payload = to_bytes(result);
  return record;
}

}  // namespace jury
