#include "runtime/base/signals.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace jury {
namespace {

TEST(ScopedSignals, AskForAStop) {
  const ScopedSignals signals;
  EXPECT_FALSE(signals.stop_requested());
  std::raise(SIGUSR1);
  EXPECT_TRUE(signals.stop_requested());
  EXPECT_FALSE(signals.in_a_hurry());
}

TEST(ScopedSignals, SigtermIsUrgent) {
  const ScopedSignals signals;
  std::raise(SIGTERM);
  EXPECT_TRUE(signals.stop_requested());
  EXPECT_TRUE(signals.in_a_hurry());
}

TEST(ScopedSignals, Sigusr2AsksOnceForTheResults) {
  ScopedSignals signals;
  std::raise(SIGUSR2);
  EXPECT_TRUE(signals.take_write_request());
  EXPECT_FALSE(signals.take_write_request());
  EXPECT_FALSE(signals.stop_requested());
}

TEST(ScopedSignals, StartAfreshAndPutBackWhatWasThere) {
  {
    const ScopedSignals signals;
    std::raise(SIGINT);
  }
  const ScopedSignals signals;
  EXPECT_FALSE(signals.stop_requested());
}

TEST(ScopedSignalsDeathTest, ASecondInterruptEndsTheProcess) {
  EXPECT_EXIT(
      {
        const ScopedSignals signals;
        std::raise(SIGINT);
        std::raise(SIGINT);
      },
      testing::KilledBySignal(SIGINT), "");
}

}  // namespace
}  // namespace jury
