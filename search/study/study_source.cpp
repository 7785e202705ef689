#include "search/study/study_source.hpp"

#include <algorithm>

#include "models/nn/network.hpp"
#include "search/study/truth_of.hpp"

namespace jury {
namespace {

// The task of which this is a rung.
TaskKey whole_of(TaskKey key) {
  if (pause_of(key) > 0) key.rung = TaskKey::kNone;
  return key;
}

}  // namespace

double expected_flops(const StudyPlan& plan, const TaskKey& key, const std::vector<double>& flops_per_draw) {
  const auto draws = static_cast<double>(plan.num_draws(key));
  const TrainOptions& train = plan.configuration(key).train;
  const bool trees = trains_trees(plan.configuration(key));
  double seen = draws * (trees ? plan.configuration(key).trees.rounds : train.epochs);
  if (!trees && train.max_steps > 0)
    seen = std::min(seen,
                    static_cast<double>(train.max_steps) * static_cast<double>(batch_rows(train, plan.num_draws(key))));
  const double predicted = static_cast<double>(plan.dataset().rows()) / 3;  // a forward pass is a third of a step
  return (seen + predicted) * flops_per_draw[static_cast<std::size_t>(std::max(key.base, 0))] * plan.num_fits_of(key);
}

// A training leaves its state at the end of an epoch, rounds leave it between two of them; boosted trees leave none.
std::optional<double> cost_until_kept(const StudyPlan& plan, const TaskKey& key, double cost) {
  const Configuration& configuration = plan.configuration(key);
  if (plan.method(key).is_sequential) return cost / std::max(1, plan.num_fits_of(key));
  if (trains_trees(configuration)) return {};
  return cost / std::max(1, configuration.train.epochs);
}

StudySource::StudySource(const StudyPlan& plan, const BlobStore& blobs, const Checkpoints& checkpoints,
                         const std::vector<double>& flops_per_draw, std::size_t most_bytes_kept)
    : plan_(plan),
      blobs_(blobs),
      checkpoints_(checkpoints),
      flops_per_draw_(flops_per_draw),
      most_bytes_kept_(most_bytes_kept) {
  for (const TaskKey& key : plan.tasks()) {
    const double cost = expected_flops(plan, key, flops_per_draw_);
    waiting_.emplace(key, cost);
    work_total_ += cost;
  }
  for (const TaskKey& predictor : plan.predictors())
    for (const TaskKey& jury : plan.juries_of(predictor))
      if (is_auto(plan.configuration(jury).ensemble)) growing_.emplace(jury, JuryGrowth(plan, jury));
}

TaskKey StudySource::first_of(TaskKey key) const {
  if (plan_.method(key).is_sequential) key.member = 0;
  return key;
}

void StudySource::restore(const Record& record) {
  if (is_final(record.state)) restore_as_it_is(record);
}

void StudySource::restore_as_it_is(const Record& record) {
  if (waiting_.contains(first_of(record.key))) keep(record, Session::earlier);
}

// The rounds that are there from the first on without a gap decide where to go on.
void StudySource::continue_chain(const TaskKey& first) {
  TaskKey next = first;
  bool is_over = false;
  for (auto fit = fits_.find(next); fit != fits_.end(); fit = fits_.find(next)) {
    is_over = fit->second.result.is_last || fit->second.state != TaskState::complete;
    ++next.member;
  }
  const auto waiting = waiting_.find(first);
  const bool is_done = is_over || plan_.num_fits_of(next) <= 0;
  const auto continuation = chains_.at(first).continuations.find(next.member);
  if (!is_done && (next == first || continuation == chains_.at(first).continuations.end())) return;
  const double cost = is_done ? 0 : expected_flops(plan_, next, flops_per_draw_);
  work_finished_ += waiting->second - cost;
  waiting_.erase(waiting);
  checkpoints_.remove(first);
  if (is_done) return;
  if (!checkpoints_.read(next)) checkpoints_.write(next, continuation->second);
  waiting_.emplace(next, cost);
}

void StudySource::settle() {
  for (const auto& [first, chain] : chains_) continue_chain(first);
  chains_.clear();
}

std::vector<ReadyTask> StudySource::take_ready() {
  if (!given_.empty()) return {};
  return take([](const TaskKey&) { return true; });
}

std::vector<ReadyTask> StudySource::take(const std::function<bool(const TaskKey&)>& wanted) {
  std::vector<ReadyTask> ready;
  for (const auto& [key, cost] : waiting_)
    if (wanted(key) && given_.insert(key).second)
      ready.push_back({.key = key, .cost = cost, .cost_until_kept = cost_until_kept(plan_, key, cost)});
  return ready;
}

void StudySource::again(const TaskKey& key) {
  const double cost = expected_flops(plan_, key, flops_per_draw_);
  fits_.erase(key);
  given_.erase(key);
  if (waiting_.emplace(key, cost).second) work_finished_ -= cost;
}

std::vector<TaskKey> StudySource::waiting(const std::function<bool(const TaskKey&)>& wanted) const {
  std::vector<TaskKey> keys;
  for (const auto& [key, cost] : waiting_)
    if (wanted(key)) keys.push_back(key);
  return keys;
}

void StudySource::done(const Record& record) {
  if (waiting_.contains(whole_of(record.key))) keep(record, Session::this_one);
}

std::size_t StudySource::num_fits_left() const {
  std::size_t fits = 0;
  for (const auto& [key, cost] : waiting_) fits += static_cast<std::size_t>(plan_.num_fits_of(key));
  return fits;
}

// Once a jury has enough members, there are no others: not in the results, and not to be trained.
void StudySource::settle_size(TaskKey jury) {
  jury.member = TaskKey::kNone;
  const auto growth = growing_.find(jury);
  if (growth == growing_.end()) return;
  const std::optional<std::int32_t> size = growth->second.size(fits_);
  if (!size) return;
  for (TaskKey key = jury; key.member < max_members(plan_.configuration(jury).ensemble); ++key.member) {
    if (key.member < *size) continue;
    fits_.erase(key);
    const auto waiting = waiting_.find(key);
    if (waiting == waiting_.end()) continue;
    withdrawn_.push_back({key, waiting->second});
    work_finished_ += waiting->second;
    waiting_.erase(waiting);
    checkpoints_.remove(key);
  }
}

double StudySource::work_done() const noexcept { return work_total_ > 0 ? work_finished_ / work_total_ : 1; }

WorkProgress StudySource::progress() const {
  WorkProgress progress{.fits_done = fits_.size(), .fits_left = num_fits_left(), .share = work_done()};
  for (const auto& [key, fit] : fits_) progress.fits_failed += fit.state == TaskState::complete ? 0U : 1U;
  return progress;
}

// Payloads are kept as long as they are few; after that they stay where they are on disk.
TaskResult StudySource::result_of(const Record& record) {
  if (!record.blob) return record.payload.empty() ? TaskResult() : read_task_result(record.payload);
  if (bytes_kept_ >= most_bytes_kept_) return read_stored_task_result(blobs_, *record.blob);
  const Bytes payload = blobs_.get(*record.blob);
  bytes_kept_ += payload.size();
  return read_task_result(payload);
}

void StudySource::keep(const Record& record, Session session) {
  const TaskKey of_task = whole_of(record.key);
  TaskResult task;
  if (is_final(record.state)) task = result_of(record);
  if (task.fits.empty()) task.fits.push_back({record.state, record.message, {}});
  const bool is_chain = plan_.method(of_task).is_sequential;
  TaskKey key = of_task;
  for (FitOutcome& fit : task.fits) {
    if (!is_chain || plan_.num_fits_of(key) > 0) fits_.emplace(key, std::move(fit));
    ++key.member;
  }
  timing_.push_back(timing_of(record));
  if (is_chain && session == Session::earlier) {
    chains_[first_of(of_task)].continuations.emplace(key.member, std::move(task.continuation));
  } else if (const auto waiting = waiting_.find(of_task); waiting != waiting_.end()) {
    work_finished_ += waiting->second;
    waiting_.erase(waiting);
    if (pause_of(record.key) == 0) checkpoints_.remove(of_task);
  }
  settle_size(of_task);
}

}  // namespace jury
