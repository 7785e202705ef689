#include "runtime/pool/dealer.hpp"

#include <algorithm>

#include "runtime/base/error.hpp"
#include "runtime/pool/message.hpp"

namespace jury {
namespace {

// A task queued behind another waits for it; one dealt on demand waits for a few polls (3 ms). Tasks
// longer than this lose less than 3 % by the latter.
constexpr double kLongTaskSeconds = 0.1;

}  // namespace

void Dealer::add(const std::vector<ReadyTask>& tasks) {
  for (const ReadyTask& task : tasks) {
    const bool added = ready_.insert(task).second;
    JURY_EXPECTS(added);
    static_cast<void>(added);
  }
}

void Dealer::withdraw(const std::vector<ReadyTask>& tasks) {
  for (const ReadyTask& task : tasks) ready_.erase(task);
}

std::vector<ReadyTask> Dealer::next_batch(std::size_t num_workers) {
  JURY_EXPECTS(!empty() && num_workers > 0);
  const std::size_t share = std::clamp<std::size_t>(size() / (2 * num_workers), 1, kTasksPerMessage);
  std::vector<ReadyTask> batch;
  double seconds = 0;
  while (!ready_.empty() && batch.size() < share) {
    const double next = expected_seconds(ready_.begin()->cost);
    if (!batch.empty() && seconds + next > batch_seconds_) break;
    seconds += next;
    batch.push_back(*ready_.begin());
    ready_.erase(ready_.begin());
  }
  return batch;
}

bool Dealer::worth_queueing(std::size_t num_workers) const {
  return size() >= num_workers || (!empty() && expected_seconds(ready_.begin()->cost) < kLongTaskSeconds);
}

void Dealer::learn(double cost, double seconds) noexcept {
  if (cost <= 0 || seconds <= 0) return;
  cost_ += cost;
  seconds_ += seconds;
}

}  // namespace jury
