// Time, passed in so that tests decide what it is. No result may depend on it.
#pragma once

#include <string>

namespace jury {

class Clock {
 public:
  virtual ~Clock() = default;
  /// Monotonic, from an arbitrary start.
  virtual double seconds() const = 0;
  /// Returns after about this long (or at once, moving a virtual clock).
  virtual void sleep(double seconds) = 0;
};

/// The machine's clock.
Clock& system_clock();

/// "2026-01-31T12:00:00Z", now.
std::string utc_now();

}  // namespace jury
