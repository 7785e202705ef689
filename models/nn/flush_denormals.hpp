// Numbers too small to matter count as zero while a network runs.
#pragma once

#if defined(__SSE__)
#include <xmmintrin.h>
#endif

namespace jury {

/// For its lifetime, on the calling thread, results and operands below 1.2e-38 are zeros. Moments of
/// units that have died decay into denormals and stay there, where many processors are slow.
class ScopedFlushDenormals {
 public:
#if defined(__SSE__)
  ScopedFlushDenormals() noexcept : before_(_mm_getcsr()) { _mm_setcsr(before_ | kFlushToZero | kDenormalsAreZero); }
  ~ScopedFlushDenormals() { _mm_setcsr(before_); }
  ScopedFlushDenormals(const ScopedFlushDenormals&) = delete;
  ScopedFlushDenormals& operator=(const ScopedFlushDenormals&) = delete;

 private:
  static constexpr unsigned kFlushToZero = 0x8000, kDenormalsAreZero = 0x0040;
  unsigned before_;
#endif
};

}  // namespace jury
