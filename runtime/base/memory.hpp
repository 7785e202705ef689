// How much memory this process has had at most.
#pragma once

#include <cstdint>

namespace jury {

/// The most memory this process ever had in use, in bytes: the high-water mark of its resident set (VmHWM), pages it
/// shares with others included. 0 where the system does not say.
std::uint64_t peak_memory_bytes() noexcept;

/// The same for whoever asks often: looked at again after a tenth of a second, because a look takes 20 microseconds.
class PeakMemory {
 public:
  /// `now` in seconds of any clock, the same each time.
  std::uint64_t bytes(double now) noexcept {
    if (bytes_ == 0 || now - looked_ >= 0.1) {
      bytes_ = peak_memory_bytes();
      looked_ = now;
    }
    return bytes_;
  }

 private:
  std::uint64_t bytes_ = 0;
  double looked_ = 0;
};

}  // namespace jury
