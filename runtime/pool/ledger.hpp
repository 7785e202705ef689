// Who has which task, and which are done.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

#include "runtime/pool/task_source.hpp"
#include "runtime/store/record.hpp"

namespace jury {

/// The owner of every task in flight and a hash of every result, so that a task done twice is known
/// and a worker's lost tasks can be given to another.
class Ledger {
 public:
  explicit Ledger(std::size_t num_workers) : batches_(num_workers) {}

  /// These went to a worker, in one batch.
  void deal(std::size_t worker, const std::vector<ReadyTask>& tasks);

  enum class Verdict { fresh, duplicate };
  struct Receipt {
    Verdict verdict = Verdict::fresh;
    double cost = 0;             ///< of the task, when it was dealt
    std::uint64_t settings = 0;  ///< of the task
  };
  /// A record has come from some worker. A duplicate must be dropped. Throws CommError when the task
  /// was never dealt, or was done before with another result (of a state that is_final(): the others
  /// depend on the machine).
  Receipt take(const Record& record);

  /// What a worker has not given back; it is nobody's afterwards.
  std::vector<ReadyTask> forget(std::size_t worker);

  std::size_t num_batches(std::size_t worker) const { return batches_[worker].size(); }
  std::size_t num_in_flight() const noexcept { return in_flight_.size(); }

 private:
  struct Owner {
    std::size_t worker = 0;
    std::uint64_t batch = 0;
    double cost = 0;
    std::uint64_t settings = 0;
  };
  struct Done {
    std::uint64_t result = 0;  // hash of what same_result() compares
    TaskState state = TaskState::complete;
  };
  struct KeyHash {
    std::size_t operator()(const TaskKey& key) const noexcept;
  };

  std::map<TaskKey, Owner> in_flight_;
  std::unordered_map<TaskKey, Done, KeyHash> done_;            // looked up only: its order is never seen
  std::vector<std::map<std::uint64_t, std::size_t>> batches_;  // by worker: batch -> tasks left of it
  std::uint64_t next_batch_ = 0;
};

}  // namespace jury
