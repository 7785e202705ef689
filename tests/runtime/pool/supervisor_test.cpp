#include "runtime/pool/supervisor.hpp"

#include <gtest/gtest.h>

#include "runtime/store/file.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

using Action = Supervisor::Action;

AttemptSeen running(std::uint64_t beat, std::uint64_t records = 0) {
  return {.status =
              LaunchStatus{.stage = LaunchStage::running, .beat = beat, .promise_seconds = 5, .records = records}};
}

AttemptSeen ended(ExitCode code, std::uint64_t records = 0) {
  AttemptSeen seen = running(99, records);
  seen.status->stage = LaunchStage::ended;
  seen.status->code = code;
  return seen;
}

AttemptSeen over(AttemptSeen seen) {
  seen.launcher_runs = false;
  return seen;
}

class SupervisorTest : public testing::Test {
 protected:
  SupervisorTest() { supervisor.begin(0); }
  // Beats every second from `from` on.
  void live(double from, double until) {
    for (double now = from; now < until; ++now)
      ASSERT_EQ(supervisor.look(now, running(static_cast<std::uint64_t>(now) + 1, 7)), Action::wait) << now;
  }
  Supervisor supervisor{SupervisorOptions{}};
};

TEST_F(SupervisorTest, LeavesWithTheCodeOfTheRun) {
  live(0, 100);
  EXPECT_EQ(supervisor.look(100, ended(ExitCode::worse_than_required)), Action::wait);
  EXPECT_EQ(supervisor.look(101, over(ended(ExitCode::worse_than_required))), Action::leave);
  EXPECT_EQ(supervisor.code(), ExitCode::worse_than_required);
  EXPECT_EQ(supervisor.why(), "");
}

TEST_F(SupervisorTest, EndsALauncherThatDoesNotEndAfterTheLastWord) {
  EXPECT_EQ(supervisor.look(1, ended(ExitCode::done)), Action::wait);
  EXPECT_EQ(supervisor.look(5, ended(ExitCode::done)), Action::wait);
  EXPECT_EQ(supervisor.look(7, ended(ExitCode::done)), Action::end);
  EXPECT_EQ(supervisor.look(8, over(ended(ExitCode::done))), Action::leave);
  EXPECT_EQ(supervisor.code(), ExitCode::done);
}

TEST_F(SupervisorTest, StartsAgainAfterTheDeathOfTheLauncher) {
  live(0, 10);
  EXPECT_EQ(supervisor.look(10, over(running(11, 7))), Action::again);
  EXPECT_NE(supervisor.why().find("without a word"), std::string::npos);
}

TEST_F(SupervisorTest, EndsAnAttemptWhoseCoordinatorDied) {
  live(0, 10);
  AttemptSeen seen = running(11, 7);
  seen.coordinator_is_gone = true;
  EXPECT_EQ(supervisor.look(10, seen), Action::wait);  // its last word may be under way
  EXPECT_EQ(supervisor.look(12.5, seen), Action::end);
  EXPECT_EQ(supervisor.why(), "the coordinator died");
  EXPECT_EQ(supervisor.look(13, over(seen)), Action::again);
}

TEST_F(SupervisorTest, EndsAnAttemptWhoseCoordinatorBreaksItsPromise) {
  live(0, 10);
  EXPECT_EQ(supervisor.look(44, running(10, 7)), Action::wait);
  EXPECT_EQ(supervisor.look(44.5, running(10, 7)), Action::end);
}

TEST_F(SupervisorTest, WaitsAsLongAsIsPromised) {
  AttemptSeen seen = running(1);
  seen.status->promise_seconds = 3600;
  EXPECT_EQ(supervisor.look(0, seen), Action::wait);
  EXPECT_EQ(supervisor.look(3000, seen), Action::wait);
}

TEST_F(SupervisorTest, EndsAnAttemptWhereMpiDoesNotComeUp) {
  EXPECT_EQ(supervisor.look(119, {}), Action::wait);
  EXPECT_EQ(supervisor.look(121, {}), Action::end);
  EXPECT_EQ(supervisor.look(122, over({})), Action::again);
}

TEST_F(SupervisorTest, EndsAnAttemptThatLosesARankBeforeTheCoordinatorIsAtWork) {
  AttemptSeen seen{.status = LaunchStatus{.stage = LaunchStage::started, .beat = 1, .promise_seconds = 3600},
                   .rank_is_gone = true};
  EXPECT_EQ(supervisor.look(1, seen), Action::wait);
  EXPECT_EQ(supervisor.look(4, seen), Action::end);
  EXPECT_EQ(supervisor.why(), "a rank died at the start");
}

TEST_F(SupervisorTest, LeavesRanksThatDieLaterToTheCoordinator) {
  AttemptSeen seen = running(1, 7);
  seen.rank_is_gone = true;
  EXPECT_EQ(supervisor.look(1, seen), Action::wait);
  seen.status->beat = 2;
  EXPECT_EQ(supervisor.look(5, seen), Action::wait);
}

TEST_F(SupervisorTest, GivesUpAfterTwoAttemptsInARowThatBringNothing) {
  EXPECT_EQ(supervisor.look(1, over(running(1, 0))), Action::again);
  supervisor.begin(2);
  EXPECT_EQ(supervisor.look(3, over(running(1, 5))), Action::again);
  supervisor.begin(4);
  EXPECT_EQ(supervisor.look(5, over(running(1, 0))), Action::again);
  supervisor.begin(6);
  EXPECT_EQ(supervisor.look(7, over(running(1, 0))), Action::leave);
  EXPECT_EQ(supervisor.code(), ExitCode::failed);
  EXPECT_EQ(supervisor.num_attempts(), 4);
}

TEST_F(SupervisorTest, StartsAgainAfterAFailureAtRunTimeButAfterNoOtherCode) {
  EXPECT_EQ(supervisor.look(1, over(ended(ExitCode::failed, 3))), Action::again);
  for (const ExitCode code :
       {ExitCode::done, ExitCode::usage, ExitCode::data, ExitCode::too_many_failed, ExitCode::io, ExitCode::stopped}) {
    supervisor.begin(2);
    EXPECT_EQ(supervisor.look(3, over(ended(code, 3))), Action::leave);
    EXPECT_EQ(supervisor.code(), code);
  }
}

TEST_F(SupervisorTest, IsResumableWhenItWasStoppedWhateverBecameOfTheJob) {
  live(0, 10);
  supervisor.stop(10);
  EXPECT_EQ(supervisor.look(20, running(100, 7)), Action::wait);
  EXPECT_EQ(supervisor.look(311, running(101, 7)), Action::end);
  EXPECT_EQ(supervisor.look(312, over(running(101, 7))), Action::leave);
  EXPECT_EQ(supervisor.code(), ExitCode::stopped);
}

class ManualClock final : public Clock {
 public:
  double seconds() const override { return now; }
  void sleep(double seconds) override { now += seconds; }
  double now = 0;
};

TEST(LaunchStatusTest, IsReadAsItWasWritten) {
  const std::string path = scratch() / "status";
  ManualClock clock;
  EXPECT_FALSE(read_launch_status(path));
  LaunchReporter reporter(path, clock);
  EXPECT_EQ(read_launch_status(path)->stage, LaunchStage::started);
  EXPECT_GT(read_launch_status(path)->pid, 0);
  reporter.running(3, 5);
  EXPECT_EQ(read_launch_status(path)->records, 3U);
  reporter.running(4, 5);  // too soon
  EXPECT_EQ(read_launch_status(path)->records, 3U);
  clock.now = 2;
  reporter.running(5, 5);
  EXPECT_EQ(read_launch_status(path)->records, 5U);
  EXPECT_EQ(read_launch_status(path)->promise_seconds, 5);
  reporter.ended(ExitCode::io);
  EXPECT_EQ(read_launch_status(path)->code, ExitCode::io);
  EXPECT_EQ(read_launch_status(path)->beat, 4U);
}

TEST(LaunchStatusTest, WhatIsNoneIsNone) {
  for (const char* text :
       {"", "running", "running 1 host 2 3 4 5", "sleeping 1 host 2 3 4 5 .", "running x host 2 3 4 5 ."})
    EXPECT_FALSE(read_launch_status(scratch().write("other", text))) << text;
}

TEST(LaunchStatusTest, NobodyWatchesWithoutAPath) {
  ManualClock clock;
  LaunchReporter reporter("", clock);
  reporter.ended(ExitCode::done);
  EXPECT_FALSE(reporter.is_watched());
}

}  // namespace
}  // namespace jury
