#include "runtime/pool/backoff.hpp"

#include <gtest/gtest.h>

#include "fakes.hpp"

namespace jury {
namespace {

TEST(Backoff, SpinsWhileAnAnswerMayComeAtOnce) {
  FakeClock clock;
  Backoff backoff(clock);
  backoff.traffic();
  for (int i = 0; i < 10; ++i) backoff.idle();
  EXPECT_EQ(clock.num_sleeps, 0);
}

TEST(Backoff, AnIdleLoopTurnsAboutAThousandTimesASecond) {
  FakeClock clock;
  Backoff backoff(clock);
  const double start = clock.seconds();
  int turns = 0;
  for (; clock.seconds() - start < 10; ++turns) backoff.idle();
  EXPECT_LE(turns, 10100);
  EXPECT_GE(turns, 9000);
}

TEST(Backoff, TrafficMakesItQuickAgain) {
  FakeClock clock;
  Backoff backoff(clock);
  for (int i = 0; i < 100; ++i) backoff.idle();
  backoff.traffic();
  const double before = clock.seconds();
  clock.num_sleeps = 0;
  while (clock.num_sleeps == 0) backoff.idle();
  EXPECT_LT(clock.seconds() - before, 100e-6);
}

}  // namespace
}  // namespace jury
