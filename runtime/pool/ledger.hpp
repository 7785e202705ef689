// Who has which task, and which are done.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "runtime/pool/task_source.hpp"
#include "runtime/store/record.hpp"

namespace jury {

/// The owner of every task in flight. Of tasks whose worker was lost it remembers how often that was, and what came of
/// them: another does them again, and the worker may come back with a record of its own. Memory grows with those alone.
class Ledger {
 public:
  explicit Ledger(std::size_t num_workers) : batches_(num_workers), is_here_(num_workers) {}

  /// The worker can be given tasks, until it is lost.
  void enter(std::size_t worker);
  /// Those that can, in ascending order, by the number of batches they have.
  const std::set<std::size_t>& holding(std::size_t num_batches) const;

  /// These went to a worker, in one batch.
  void deal(std::size_t worker, const std::vector<ReadyTask>& tasks);

  enum class Verdict { fresh, duplicate };
  struct Receipt {
    Verdict verdict = Verdict::fresh;
    double cost = 0;             ///< of the task, when it was dealt
    std::uint64_t settings = 0;  ///< of the task
    bool was_lost = false;       ///< nobody had it any more: it is not to be dealt again
  };
  /// A record has come from some worker. A duplicate must be dropped. Throws CommError when nobody was asked for the
  /// task, or a lost one was done before with another result (of a state that is_final(): the others depend on the
  /// machine).
  Receipt take(const Record& record);

  /// What a worker has not given back; it is nobody's afterwards, and may not come any more.
  std::vector<ReadyTask> forget(std::size_t worker);

  struct Lost {
    ReadyTask task = {};
    int times = 0;  ///< that it was in flight at a worker that was lost
  };
  /// The same of a worker that is lost. These may come yet, from it or from another to whom they are dealt.
  std::vector<Lost> lose(std::size_t worker);
  /// A lost task that nobody is going to do any more.
  void give_up(const Record& record);

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
  struct LostTask {
    ReadyTask task = {};
    int times = 0;
    std::optional<Done> done = {};
  };
  struct Batch {
    std::vector<TaskKey> keys = {};
    std::size_t left = 0;
  };
  Receipt take_lost(const Record& record);
  // The worker has another number of batches than it had.
  void recount(std::size_t worker, std::size_t before);

  std::map<TaskKey, Owner> in_flight_;
  std::map<TaskKey, LostTask> lost_;
  std::vector<std::map<std::uint64_t, Batch>> batches_;  // by worker, then by number
  std::vector<bool> is_here_;                            // by worker: entered, and not lost since
  std::deque<std::set<std::size_t>> holding_;  // of these, by the number of batches; whoever looks at one may deal
  std::uint64_t next_batch_ = 0;
};

}  // namespace jury
