// Tasks that could not be done in time: they are not begun, and nobody waits for what is left.
#include <gtest/gtest.h>

#include <string>

#include "coordinator_case.hpp"
#include "runtime/pool/coordinator.hpp"

namespace jury {
namespace {

constexpr double kCostOfASecond = 1e9;

/// Tasks of so many seconds each, and an end.
class CoordinatorTimeTest : public CoordinatorTest {
 protected:
  /// That the run may take in all.
  class Limited final : public PoolEvents {
   public:
    Limited(const Clock& clock, double seconds) : clock_(clock), end_(clock.seconds() + seconds) {}
    double seconds_left() override { return end_ - clock_.seconds(); }
    bool stop_requested() override { return seconds_left() < 0; }

   private:
    const Clock& clock_;
    double end_;
  };

  static ListSource tasks_of(const std::vector<double>& seconds, const FakeLog& log) {
    return ListSource(static_cast<std::int32_t>(seconds.size()), &log,
                      [seconds](std::int32_t i) { return kCostOfASecond * seconds[static_cast<std::size_t>(i)]; });
  }
  static FakeWorkers::Duration lasting(const std::vector<double>& seconds) {
    return [seconds](int, const TaskKey& key) { return seconds[static_cast<std::size_t>(key.member)]; };
  }
  double took(double before) const { return clock_.seconds() - before; }
};

TEST_F(CoordinatorTimeTest, StopsWhenNothingThatIsLeftCanEndInTime) {
  const std::vector<double> seconds(20, 10);
  ListSource source = tasks_of(seconds, log_);
  FakeWorkers crew(2, clock_, lasting(seconds));
  Limited events(clock_, 35);
  const double before = clock_.seconds();
  const PoolResult result = Coordinator({&crew}, options()).run(source, log_, events);
  EXPECT_EQ(result.end, PoolEnd::out_of_time);
  EXPECT_EQ(source.records.size(), 6U);  // three each
  EXPECT_EQ(crew.dealt.size(), 6U);
  EXPECT_NEAR(took(before), 30, 1);
}

TEST_F(CoordinatorTimeTest, GivesTheTimeThatIsLeftToShorterTasks) {
  const std::vector<double> seconds = {20, 20, 20, 20, 4, 4, 4, 4};
  ListSource source = tasks_of(seconds, log_);
  FakeWorkers crew(2, clock_, lasting(seconds));
  Limited events(clock_, 29);
  const PoolResult result = Coordinator({&crew}, options()).run(source, log_, events);
  EXPECT_EQ(result.end, PoolEnd::out_of_time);
  const std::map<TaskKey, int> done = source.counts();
  for (std::int32_t i = 0; i < 8; ++i) EXPECT_EQ(done.contains(task(i)), i < 2 || i >= 4) << i;
}

TEST_F(CoordinatorTimeTest, ATaskThatLeavesACheckpointInTimeIsBegun) {
  ListSource source = tasks_of({10}, log_);
  // Once it is known what a second costs.
  source.on_done = [&](const Record&) {
    source.released = {{.key = task(1), .cost = 70 * kCostOfASecond, .cost_until_kept = 50 * kCostOfASecond},
                       {.key = task(2), .cost = 60 * kCostOfASecond, .cost_until_kept = 5 * kCostOfASecond}};
    source.on_done = {};
  };
  FakeWorkers crew(1, clock_, [](int, const TaskKey& key) { return key.member == 0 ? 10.0 : 60.0; });
  Limited events(clock_, 28);
  const PoolResult result = Coordinator({&crew}, options()).run(source, log_, events);
  EXPECT_EQ(result.end, PoolEnd::stopped);
  EXPECT_EQ(crew.dealt, (std::vector<TaskKey>{task(0), task(2)}));
}

TEST_F(CoordinatorTimeTest, BeforeAnythingIsKnownOfTheMachineEveryTaskIsBegun) {
  const std::vector<double> seconds = {100, 100};
  ListSource source = tasks_of(seconds, log_);
  FakeWorkers crew(2, clock_, lasting(seconds));
  Limited events(clock_, 5);
  const PoolResult result = Coordinator({&crew}, options()).run(source, log_, events);
  EXPECT_EQ(result.end, PoolEnd::stopped);
  EXPECT_EQ(crew.dealt.size(), 2U);
}

TEST_F(CoordinatorTimeTest, WithoutALimitAllAreDone) {
  const std::vector<double> seconds(20, 10);
  ListSource source = tasks_of(seconds, log_);
  FakeWorkers crew(2, clock_, lasting(seconds));
  EXPECT_EQ(Coordinator({&crew}, options()).run(source, log_, events_).end, PoolEnd::completed);
  EXPECT_EQ(source.records.size(), 20U);
}

}  // namespace
}  // namespace jury
