#include "runtime/pool/dealer.hpp"

#include <algorithm>

#include "runtime/base/error.hpp"
#include "runtime/pool/message.hpp"

namespace jury {
namespace {

// A task queued behind another waits for it; one dealt on demand waits for a few polls (3 ms). Tasks
// longer than this lose less than 3 % by the latter.
constexpr double kLongTaskSeconds = 0.1;
constexpr TaskKey kFirstKey{.trial = TaskKey::kNone};  // no key comes before it

// A worker that is slow, or whose task takes longer than expected, ends last with what it has queued. So the longer the
// next task, the more rounds of tasks must be left for it to be queued: one for each second. Simulated with 1 % of the
// workers three times as slow, 20 rounds of 1 s to 60 s use 98.3 % of the workers' time; queued while one round is
// left, 89.3 %.
constexpr double kMostRounds = 30;

}  // namespace

void Dealer::add(const std::vector<ReadyTask>& tasks) {
  for (const ReadyTask& task : tasks) {
    const bool added = ready_.insert(task).second;
    JURY_EXPECTS(added);
    static_cast<void>(added);
    least_kept_ = std::min(least_kept_, task.cost_until_kept.value_or(least_kept_));
  }
}

void Dealer::withdraw(const std::vector<ReadyTask>& tasks) {
  for (const ReadyTask& task : tasks) ready_.erase(task);
}

Dealer::Tasks::const_iterator Dealer::longest(double seconds_left) const {
  if (!has_learned()) return ready_.begin();
  const double most = seconds_left * learned_cost_ / learned_seconds_;
  const auto whole = ready_.lower_bound({.key = kFirstKey, .cost = most});
  if (least_kept_ > most) return whole;
  return std::find_if(ready_.begin(), whole,
                      [&](const ReadyTask& task) { return task.cost_until_kept && *task.cost_until_kept <= most; });
}

bool Dealer::can_deal(double seconds_left) const { return longest(seconds_left) != ready_.end(); }

std::vector<ReadyTask> Dealer::next_batch(std::size_t num_workers, double seconds_left) {
  JURY_EXPECTS(can_deal(seconds_left) && num_workers > 0);
  const std::size_t share = std::clamp<std::size_t>(size() / (2 * num_workers), 1, kTasksPerMessage);
  std::vector<ReadyTask> batch;
  double seconds = 0;
  while (batch.size() < share) {
    const auto task = longest(seconds_left);
    if (task == ready_.end()) break;
    const double next = expected_seconds(task->cost);
    if (!batch.empty() && seconds + next > batch_seconds_) break;
    seconds += next;
    batch.push_back(*task);
    ready_.erase(task);
  }
  return batch;
}

bool Dealer::worth_queueing(std::size_t num_workers) const {
  if (empty()) return false;
  const double next = expected_seconds(ready_.begin()->cost);
  return next < kLongTaskSeconds ||
         static_cast<double>(size()) >= std::clamp(next, 1.0, kMostRounds) * static_cast<double>(num_workers);
}

void Dealer::learn(double cost, double seconds) noexcept {
  if (cost <= 0 || seconds <= 0) return;
  cost_ += cost;
  seconds_ += seconds;
  learned_cost_ += cost;
  learned_seconds_ += seconds;
}

}  // namespace jury
