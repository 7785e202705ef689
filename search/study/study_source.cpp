#include "search/study/study_source.hpp"

#include <algorithm>

#include "models/nn/network.hpp"
#include "search/study/truth_of.hpp"

namespace jury {
namespace {

// Network of the study for cost estimates: its width after the default or given preprocessing is not
// known before fitting, so one input per feature, and per category, is assumed.
double step_flops_per_draw(const StudyPlan& plan) {
  std::int32_t inputs = 0;
  for (const Feature& feature : plan.dataset().schema().features)
    inputs += feature.kind == FeatureKind::numeric ? 1 : static_cast<std::int32_t>(feature.vocabulary.size());
  const auto outputs = static_cast<std::int32_t>(num_outputs(plan.dataset()));
  ModelOptions model = plan.experiment().model;
  model.embedding = 0;  // a table's row is looked up, not multiplied
  return step_flops(make_network(model, std::max(inputs, 1),
                                 {.task = plan.dataset().task(), .count = outputs}));
}

}  // namespace

double expected_flops(const StudyPlan& plan, const TaskKey& key) {
  const auto draws = static_cast<double>(plan.num_draws(key));
  const TrainOptions& train = plan.experiment().train;
  double seen = draws * train.epochs;
  if (train.max_steps > 0) seen = std::min(seen, static_cast<double>(train.max_steps) * static_cast<double>(batch_rows(train, plan.num_draws(key))));
  const double predicted = static_cast<double>(plan.dataset().rows()) / 3;  // a forward pass is a third of a step
  return (seen + predicted) * step_flops_per_draw(plan);
}

StudySource::StudySource(const StudyPlan& plan, const BlobStore& blobs) : plan_(plan), blobs_(blobs) {
  for (const TaskKey& key : plan.keys()) {
    const double cost = expected_flops(plan, key);
    waiting_.emplace(key, cost);
    work_total_ += cost;
  }
}

void StudySource::restore(const Record& record) {
  if (waiting_.contains(record.key) && is_final(record.state)) keep(record);
}

std::vector<ReadyTask> StudySource::take_ready() {
  std::vector<ReadyTask> ready;
  if (given_) return ready;
  given_ = true;
  ready.reserve(waiting_.size());
  for (const auto& [key, cost] : waiting_) ready.push_back({key, cost});
  return ready;
}

void StudySource::done(const Record& record) { keep(record); }

double StudySource::work_done() const noexcept { return work_total_ > 0 ? work_finished_ / work_total_ : 1; }

void StudySource::keep(const Record& record) {
  const auto waiting = waiting_.find(record.key);
  if (waiting == waiting_.end()) return;
  work_finished_ += waiting->second;
  waiting_.erase(waiting);
  FitOutcome outcome{.state = record.state, .message = record.message, .result = {}};
  const Bytes payload = payload_of(record, blobs_);
  if (!payload.empty()) outcome.result = read_fit_result(payload);
  fits_.emplace(record.key, std::move(outcome));
  timing_.push_back({record.key, record.rank, record.host, record.started_seconds, record.seconds});
}

}  // namespace jury
