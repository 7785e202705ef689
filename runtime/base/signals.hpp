// Signals that ask a run to stop or to write.
#pragma once

#include <atomic>

namespace jury {

/// While it lives, SIGUSR1, SIGTERM and SIGINT ask the run to stop cleanly and SIGUSR2 asks it to
/// write its results now; none of them ends the process. A second SIGINT or SIGTERM ends it at once.
/// One at a time in a process; the flags are read from any thread.
class ScopedSignals {
 public:
  ScopedSignals();
  ~ScopedSignals();
  ScopedSignals(const ScopedSignals&) = delete;
  ScopedSignals& operator=(const ScopedSignals&) = delete;

  bool stop_requested() const noexcept;
  /// True after SIGTERM: there may be only a second or two left.
  bool in_a_hurry() const noexcept;
  /// True once per SIGUSR2.
  bool take_write_request() noexcept;
};

}  // namespace jury
