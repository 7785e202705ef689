#include "search/study/rounds.hpp"

#include <algorithm>

#include "models/metrics/scores.hpp"
#include "runtime/base/clock.hpp"

namespace jury {
namespace {

constexpr double kSaveEverySeconds = 1;

struct RoundsDone {
  std::int32_t next = 0;  // round
  TaskResult result;
};

Bytes checkpoint_of(const Rounds& rounds, const RoundsDone& progress) {
  ByteWriter writer;
  writer.add(progress.next).add(to_bytes(progress.result));
  rounds.save(writer);
  return writer.take();
}

void continue_from(const Bytes& bytes, Rounds& rounds, RoundsDone& progress) {
  ByteReader reader(bytes);
  progress.next = reader.read<std::int32_t>();
  progress.result = read_task_result(reader.vector<std::byte>());
  rounds.load(reader);
}

}  // namespace

void predict_all(const RoundsInput& input, const Fitted<TrainedMember>& member, const TaskKey& key, FitResult& fit) {
  const StudyPlan& plan = input.trainer.plan();
  PlanCache& plans = input.trainer.plans();
  const Dataset& dataset = input.dataset;
  const Forecast forecast = forecast_of(plan.configuration(key), dataset.task());
  const std::string what = to_string(key);
  const auto seen = distinct_rows(input.rows.draws);
  fit.num_valid = static_cast<std::int64_t>(input.rows.valid.size());
  fit.train_scores = training_scores(predict_rows(*member, dataset, seen, plans), dataset, seen, forecast);
  fit.valid = predict_unseen(member, input.valid_dataset(), input.rows.valid, plans, what);
  fit.test = predict_unseen(member, plan.dataset(), input.rows.test, plans, what);
  fit.apparent = predict_rows(*member, dataset, input.rows.apparent, plans);
  if (input.rows.oob.empty()) return;
  std::vector<float> oob = predict_unseen(member, dataset, input.rows.oob, plans, what);
  const Metric& metric = find_metric(outcome_of(dataset) == Outcome::classes ? "accuracy" : "mse");
  fit.oob_score = score(metric, TruthOf(dataset, input.rows.oob, forecast).truth(), oob);
  fit.oob_rows = static_cast<std::int64_t>(input.rows.oob.size());
  if (key.replicate == TaskKey::kNone && key.inner == TaskKey::kNone) fit.oob = std::move(oob);
}

CountedRows::CountedRows(const Dataset& dataset, std::span<const std::uint32_t> draws)
    : rows(distinct_rows(draws)), weights(rows.size()) {
  for (const std::uint32_t row : draws) {
    const auto place = static_cast<std::size_t>(std::ranges::lower_bound(rows, row) - rows.begin());
    weights[place] += dataset.weight().empty() ? 1.0F : dataset.weight()[row];
  }
}

std::optional<TaskResult> run_rounds(Rounds& rounds, std::int32_t first, std::int32_t num_rounds,
                                     const RoundsCheckpoint& checkpoint, const StopFlag& stop) {
  RoundsDone progress;
  if (checkpoint.begun) continue_from(*checkpoint.begun, rounds, progress);
  bool is_over = false;
  double saved = system_clock().seconds();
  while (progress.next < num_rounds && !is_over) {
    std::optional<Rounds::Outcome> outcome = rounds.next(progress.next, stop);
    if (!outcome) {
      if (progress.next > 0) checkpoint.save(checkpoint_of(rounds, progress));
      return std::nullopt;
    }
    is_over = outcome->is_last;
    outcome->fit.result.is_last = is_over;
    if (progress.next >= first) progress.result.fits.push_back(std::move(outcome->fit));
    ++progress.next;
    if (is_over || system_clock().seconds() - saved < kSaveEverySeconds) continue;
    checkpoint.save(checkpoint_of(rounds, progress));
    saved = system_clock().seconds();
  }
  if (!is_over) progress.result.continuation = checkpoint_of(rounds, {.next = progress.next, .result = {}});
  return std::move(progress.result);
}

}  // namespace jury
