// Which task goes out next, and how many at once.
#pragma once

#include <cstddef>
#include <limits>
#include <set>
#include <utility>
#include <vector>

#include "runtime/pool/task_source.hpp"

namespace jury {

/// The ready tasks, longest expected first (Graham 1969: at most 4/3 of the best makespan). Learns from
/// finished tasks how long a unit of cost takes on this machine. Decides time, never results.
class Dealer {
 public:
  /// Short tasks are dealt in batches expected to take `batch_seconds`.
  explicit Dealer(double batch_seconds) noexcept : batch_seconds_(batch_seconds) {}

  /// Throws nothing; a task given twice is a bug of the source (contract).
  void add(const std::vector<ReadyTask>& tasks);
  /// Forgets those of the tasks that are still here.
  void withdraw(const std::vector<ReadyTask>& tasks);
  bool empty() const noexcept { return ready_.empty(); }
  std::size_t size() const noexcept { return ready_.size(); }

  /// Whether there is a task that is expected to leave something within so many seconds (ReadyTask::cost_until_kept).
  /// What tasks take is known once one was done; before, all of them can.
  bool can_deal(double seconds_left) const;
  bool has_learned() const noexcept { return learned_seconds_ > 0; }
  /// The longest task of those that can_deal() means, and more while they are expected to stay under `batch_seconds`
  /// together and leave as many for each of `num_workers` twice over. Expects can_deal(seconds_left).
  std::vector<ReadyTask> next_batch(std::size_t num_workers,
                                    double seconds_left = std::numeric_limits<double>::infinity());
  /// Whether a worker that still has something to do should get a batch: not when the next task is long and there is
  /// too little left for all, because then whoever is idle first should get it.
  bool worth_queueing(std::size_t num_workers) const;

  /// A task of this cost took so long.
  void learn(double cost, double seconds) noexcept;
  double expected_seconds(double cost) const noexcept { return cost * seconds_ / cost_; }

 private:
  struct LongestFirst {
    bool operator()(const ReadyTask& a, const ReadyTask& b) const noexcept {
      return a.cost != b.cost ? a.cost > b.cost : a.key < b.key;
    }
  };

  using Tasks = std::set<ReadyTask, LongestFirst>;
  Tasks::const_iterator longest(double seconds_left) const;

  double batch_seconds_;
  Tasks ready_;
  double least_kept_ = std::numeric_limits<double>::infinity();  // of cost_until_kept, of all that ever were here
  // A prior of one second at 10 GFLOP/s, soon outweighed.
  double cost_ = 1e10;
  double seconds_ = 1;
  // Without it: what must not be said of small tasks.
  double learned_cost_ = 0;
  double learned_seconds_ = 0;
};

}  // namespace jury
