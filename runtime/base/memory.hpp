// How much memory this process has had at most, and in what pages.
#pragma once

#include <cstddef>
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

/// Asks for large pages behind memory that is about to be written from end to end: the first touch of a small one costs
/// more than a parser needs for the text that fills it. Only a wish; does nothing for less than 2 MiB.
void prefer_large_pages(void* memory, std::size_t bytes) noexcept;

}  // namespace jury
