// How long a polling loop sleeps: not at all after traffic, little then, a millisecond at most.
#pragma once

#include "runtime/base/clock.hpp"

namespace jury {

/// After traffic the loop spins for 30 microseconds (an answer that comes at once is taken at
/// once), then sleeps 50 microseconds, doubling up to 1 ms. An idle loop so wakes a thousand times a
/// second: about 2 % of a core under MPI.
class Backoff {
 public:
  static constexpr double kSpinSeconds = 30e-6;
  static constexpr double kFirstSleepSeconds = 50e-6;
  static constexpr double kLongestSleepSeconds = 1e-3;

  explicit Backoff(Clock& clock) : clock_(clock), last_traffic_(clock.seconds()) {}

  /// The last turn of the loop moved something.
  void traffic() {
    last_traffic_ = clock_.seconds();
    sleep_ = kFirstSleepSeconds;
  }
  /// The last turn moved nothing.
  void idle();

 private:
  Clock& clock_;
  double last_traffic_;
  double sleep_ = kFirstSleepSeconds;
};

}  // namespace jury
