// The training threads of this process, seen as a channel.
#pragma once

#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "runtime/pool/channel.hpp"
#include "runtime/pool/loopback_channel.hpp"
#include "runtime/pool/worker.hpp"

namespace jury {

/// Peer i is training thread i. A cancel or stop frame also ends what that thread is at, because the
/// thread reads its messages only between tasks. Main thread only.
class LocalWorkers final : public Channel {
 public:
  /// A task that takes longer than `task_seconds` (0: as long as it likes) is told to end, and recorded as timed out.
  /// One that does not end then takes the process along: see receive().
  ///
  /// Starts `count` threads, each of which calls `thread_start`, makes its evaluator and works.
  LocalWorkers(int count, const EvaluatorFactory& evaluators, const std::function<void()>& thread_start,
               const WorkerOptions& options, double task_seconds = 0);
  /// Stops the threads and joins them: takes as long as the running epochs.
  ~LocalWorkers() override;
  LocalWorkers(const LocalWorkers&) = delete;
  LocalWorkers& operator=(const LocalWorkers&) = delete;

  int num_peers() const override { return static_cast<int>(threads_.size()); }
  void send(int peer, Bytes bytes) override;
  /// Throws CommError when a task goes on for long after it was told to end.
  std::optional<Frame> receive() override;
  std::size_t num_waiting() const override;
  bool can_lose_peers() const override { return false; }

 private:
  struct Seat {
    explicit Seat(std::pair<LoopbackChannel, LoopbackChannel> ends)
        : near(std::move(ends.first)), far(std::move(ends.second)) {}
    LoopbackChannel near;  // ours
    LoopbackChannel far;   // the thread's
    TaskWatch watch;
  };
  void mind_the_time();

  const Clock* clock_;
  double task_seconds_;
  std::deque<Seat> seats_;  // a deque: threads hold on to their seats
  std::vector<std::thread> threads_;
  std::size_t next_ = 0;  // whom to ask first, so that none is starved
};

}  // namespace jury
