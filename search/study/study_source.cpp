#include "search/study/study_source.hpp"

#include <algorithm>

#include "models/nn/network.hpp"
#include "search/study/truth_of.hpp"

namespace jury {
double expected_flops(const StudyPlan& plan, const TaskKey& key, double flops_per_draw) {
  const auto draws = static_cast<double>(plan.num_draws(key));
  const TrainOptions& train = plan.experiment().train;
  double seen = draws * train.epochs;
  if (train.max_steps > 0) seen = std::min(seen, static_cast<double>(train.max_steps) * static_cast<double>(batch_rows(train, plan.num_draws(key))));
  const double predicted = static_cast<double>(plan.dataset().rows()) / 3;  // a forward pass is a third of a step
  return (seen + predicted) * flops_per_draw;
}

StudySource::StudySource(const StudyPlan& plan, const BlobStore& blobs, const Checkpoints& checkpoints, double flops_per_draw)
    : plan_(plan), blobs_(blobs), checkpoints_(checkpoints) {
  for (const TaskKey& key : plan.keys()) {
    const double cost = expected_flops(plan, key, flops_per_draw);
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
  checkpoints_.remove(record.key);
  FitOutcome outcome{.state = record.state, .message = record.message, .result = {}};
  const Bytes payload = payload_of(record, blobs_);
  if (!payload.empty()) outcome.result = read_fit_result(payload);
  fits_.emplace(record.key, std::move(outcome));
  timing_.push_back({record.key, record.rank, record.host, record.started_seconds, record.seconds});
}

}  // namespace jury
