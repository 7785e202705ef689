// Where the pool gets its tasks from, and where records go.
#pragma once

#include <optional>
#include <vector>

#include "runtime/base/task_key.hpp"

namespace jury {

struct Record;

struct ReadyTask {
  TaskKey key;
  /// Expected work in floating-point operations. Decides the order (largest first) and how many
  /// short tasks make a batch, never a result: it may be rough, and 0.
  double cost = 0;
  std::uint64_t settings = 0;  ///< Record::settings of what comes of it
  /// Of the cost, what must be done before a stop leaves something that another session goes on from; nothing: all of
  /// it.
  std::optional<double> cost_until_kept = {};
};

/// The study's side of the pool, on rank 0, called on the main thread alone.
///
/// The pool is done when nothing is ready, nothing is under way and the last done() released
/// nothing. Records come in the order they arrive in, which no result may depend on: fold them by
/// key.
class TaskSource {
 public:
  virtual ~TaskSource() = default;
  /// Tasks that may start now and were not given before. Asked for once at the start and after every
  /// group of done(). The pool sorts: largest cost first, ties by key.
  virtual std::vector<ReadyTask> take_ready() = 0;
  /// Tasks given before that nobody needs any more, as they were given. Those that no worker has yet are never
  /// dealt; the others are done as if nothing had been said. Asked for whenever take_ready() is.
  virtual std::vector<ReadyTask> take_withdrawn() { return {}; }
  /// The record counts: its journal frame is on disk. Called once for each task.
  virtual void done(const Record& record) = 0;
};

}  // namespace jury
