#include "search/study/study_evaluator.hpp"

#include <utility>

#include "models/data/load.hpp"
#include "search/study/rounds.hpp"

namespace jury {

StudyEvaluator::StudyEvaluator(const StudyPlan& plan, const Checkpoints& checkpoints, std::vector<TrainingStage> stages,
                               TrainingCaches* shared)
    : plan_(plan),
      checkpoints_(checkpoints),
      stages_(std::move(stages)),
      trainer_(plan, shared != nullptr ? *shared : own_) {}

const Dataset& StudyEvaluator::training_dataset(const TaskKey& key) {
  if (key.replicate == TaskKey::kNone || !plan_.draws_replicates()) return plan_.dataset();
  const std::uint64_t stream = plan_.replicate_stream(key);
  if (!replicate_ || replicate_stream_ != stream) {
    replicate_ = Dataset::own(generate_replicate(plan_.experiment().data, stream));
    replicate_stream_ = stream;
  }
  return *replicate_;
}

std::optional<TaskResult> StudyEvaluator::train_one(const TaskKey& given, const StopFlag& stop) {
  TaskKey key = given;
  const std::int32_t until_epoch = pause_of(given);
  if (until_epoch > 0) key.rung = TaskKey::kNone;  // the rungs of a trial are one training
  const Dataset& dataset = training_dataset(key);
  const FitRows rows = plan_.rows(key, dataset);
  const Bytes begun = checkpoints_.read(key).value_or(Bytes{});
  std::optional<MemberTraining> training =
      trainer_.train({.key = key,
                      .dataset = dataset,
                      .draws = rows.draws,
                      .checkpoint = begun,
                      .save = [&](const Bytes& state) { checkpoints_.write(key, state); },
                      .until_epoch = until_epoch,
                      .stages = stages_},
                     stop);
  if (!training) return std::nullopt;
  TaskResult result{.fits = {std::move(training->outcome)}};
  FitResult& fit = result.fits.front().result;
  if (!training->member) return result;

  const Fitted<TrainedMember>& member = *training->member;
  predict_all({.trainer = trainer_, .dataset = dataset, .rows = rows, .key = key}, member, key, fit);
  if (is_kept(plan_, key)) keep_member(*member, std::move(training->latest), fit);
  return result;
}

std::optional<TaskResult> StudyEvaluator::train_rounds(const TaskKey& key, const StopFlag& stop) {
  const Dataset& dataset = training_dataset(key);
  const FitRows rows = plan_.rows(key, dataset);
  const std::unique_ptr<Rounds> rounds =
      make_rounds({.trainer = trainer_, .dataset = dataset, .rows = rows, .key = key});
  return run_rounds(
      *rounds, key.member, key.member + plan_.num_fits_of(key),
      {.begun = checkpoints_.read(key), .save = [&](const Bytes& state) { checkpoints_.write(key, state); }}, stop);
}

std::optional<Record> StudyEvaluator::evaluate(const TaskKey& key, const StopFlag& stop) {
  const auto result = plan_.method(key).is_sequential ? train_rounds(key, stop) : train_one(key, stop);
  if (!result) return std::nullopt;
  Record record;
  record.key = key;
  // Of several members those that did not complete say so themselves.
  if (!result->fits.empty()) {
    record.state = result->fits.front().state;
    record.message = result->fits.front().message;
  }
  record.payload = to_bytes(*result);
  return record;
}

}  // namespace jury
