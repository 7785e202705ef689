// Threads of OpenMP while xgboost works.
#pragma once

#include <omp.h>

namespace jury {

/// Parallel loops that this thread starts have this many threads for the life of the object: some of
/// xgboost's do not ask how many it was given. Expects threads > 0.
class ScopedOmpThreads {
 public:
  explicit ScopedOmpThreads(int threads) noexcept : before_(omp_get_max_threads()) { omp_set_num_threads(threads); }
  ~ScopedOmpThreads() { omp_set_num_threads(before_); }
  ScopedOmpThreads(const ScopedOmpThreads&) = delete;
  ScopedOmpThreads& operator=(const ScopedOmpThreads&) = delete;

 private:
  int before_;
};

}  // namespace jury
