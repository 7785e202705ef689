// What a worker thread does with a task.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "runtime/base/stop.hpp"
#include "runtime/store/record.hpp"

namespace jury {

/// Made on the worker thread it serves and used on no other, so it needs no locks. What it shares
/// with others (the dataset) it may only read.
class Evaluator {
 public:
  virtual ~Evaluator() = default;
  /// Does the task. What it puts into the record (state, message, payload; the pool fills in key, time
  /// and place, and moves a large payload to a blob) is a function of the key, and of nothing that
  /// depends on worker, order or time. When `stop` becomes set, ends at the next epoch boundary and
  /// returns nothing. Whatever it throws becomes a failed record with the message.
  virtual std::optional<Record> evaluate(const TaskKey& key, const StopFlag& stop) = 0;
};

/// Makes the evaluator of one worker; called on the worker's thread. What it throws ends the run.
using EvaluatorFactory = std::function<std::unique_ptr<Evaluator>()>;

}  // namespace jury
