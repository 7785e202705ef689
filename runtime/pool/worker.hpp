// The training thread's loop: tasks in, records out.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/clock.hpp"
#include "runtime/base/memory.hpp"
#include "runtime/pool/evaluator.hpp"
#include "runtime/pool/loopback_channel.hpp"
#include "runtime/pool/message.hpp"
#include "runtime/pool/task_watch.hpp"

namespace jury {

class BlobStore;

struct WorkerOptions {
  std::string host;
  int rank = 0;
  double batch_seconds = 2e-3;  ///< records of shorter tasks are sent together
  Clock* clock = &system_clock();
  const BlobStore* blobs = nullptr;
};

/// Says ready, then does tasks in the order they come until it is told to stop. Between tasks it
/// reads its messages; while it evaluates, only `stop` reaches it. After a cancel it drops what it
/// has not started, sends what it has finished, and says drained.
class Worker {
 public:
  /// `watch` tells it to end a task early. It, as the port, must outlive this.
  Worker(LoopbackChannel& port, TaskWatch& watch, WorkerOptions options);

  /// Returns when a stop message comes. What the factory or the blob store throws is sent as a failure;
  /// then nothing is done but waiting for the stop.
  void run(const EvaluatorFactory& evaluators);

  /// What run() is made of, for who has no thread for it: makes the evaluator and says ready;
  void start(const EvaluatorFactory& evaluators);
  /// reads what has come and does one task. Returns whether there was anything.
  bool turn();
  bool stopped() const noexcept { return stopped_; }

 private:
  struct Task {
    TaskKey key;
    bool ends_batch;
  };
  template <class Step>
  void guarded(const Step& step);
  bool read_port();
  void handle(const Message& message);
  void do_next();
  std::optional<Record> attempt(const TaskKey& key) const;
  void flush();

  LoopbackChannel& port_;
  TaskWatch& watch_;
  WorkerOptions options_;
  Sender sender_;
  Assembler assembler_;
  std::unique_ptr<Evaluator> evaluator_;  // none: it cannot go on
  std::deque<Task> tasks_;
  std::vector<Bytes> records_;    // finished, not sent
  std::size_t record_bytes_ = 0;  // of these
  PeakMemory memory_;
  double start_seconds_;
  double flushed_seconds_;
  bool stopped_ = false;
};

}  // namespace jury
