// The task that a training thread is at, as seen from the thread that must not wait for it.
#pragma once

#include <mutex>
#include <optional>

#include "runtime/base/stop.hpp"
#include "runtime/base/task_key.hpp"

namespace jury {

/// Between one training thread, which takes turns, and the main thread of its process.
class TaskWatch {
 public:
  /// One task, on the training thread: from its start to its end.
  class Turn {
   public:
    Turn(TaskWatch& watch, const TaskKey& key, double now);
    ~Turn();
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

    /// Set when the task must end early.
    const StopFlag& stop() const noexcept { return stop_; }
    /// It was told to end because it took too long, and for no other reason.
    bool ran_over() const;

   private:
    friend class TaskWatch;
    TaskWatch& watch_;
    TaskKey key_;
    double started_;
    StopFlag stop_;
    bool ran_over_ = false;
  };

  /// Main thread: tells the task under way, and all that come, to end.
  void stop();
  bool is_stopped() const;
  /// Main thread: tells the task under way to end when it has run for `limit_seconds` or more.
  void end_after(double limit_seconds, double now);
  /// How long the task under way has been running.
  struct Running {
    TaskKey key = {};
    double seconds = 0;
  };
  std::optional<Running> running(double now) const;

 private:
  mutable std::mutex mutex_;
  Turn* turn_ = nullptr;
  bool stopping_ = false;
};

}  // namespace jury
