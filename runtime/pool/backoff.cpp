#include "runtime/pool/backoff.hpp"

#include <algorithm>

namespace jury {

void Backoff::idle() {
  if (clock_.seconds() - last_traffic_ < kSpinSeconds) return;
  clock_.sleep(sleep_);
  sleep_ = std::min(2 * sleep_, kLongestSleepSeconds);
}

}  // namespace jury
