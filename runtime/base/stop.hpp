// Asking work that is under way to end early.
#pragma once

#include <atomic>

namespace jury {

/// Set once by whoever wants the work to end, read at task and epoch boundaries. Safe to set from a
/// signal handler and from any thread.
class StopFlag {
 public:
  void set() noexcept { stop_.store(true, std::memory_order_relaxed); }
  bool is_set() const noexcept { return stop_.load(std::memory_order_relaxed); }

 private:
  std::atomic<bool> stop_{false};
};

}  // namespace jury
