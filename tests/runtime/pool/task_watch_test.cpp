#include "runtime/pool/task_watch.hpp"

#include <gtest/gtest.h>

namespace jury {
namespace {

TEST(TaskWatchTest, EndsATaskThatRunsTooLongAndNoOther) {
  TaskWatch watch;
  {
    const TaskWatch::Turn turn(watch, {.member = 1}, 100);
    watch.end_after(10, 109);
    EXPECT_FALSE(turn.stop().is_set());
    EXPECT_EQ(watch.running(109)->seconds, 9);
    EXPECT_EQ(watch.running(109)->key.member, 1);
    watch.end_after(10, 110);
    EXPECT_TRUE(turn.stop().is_set());
    EXPECT_TRUE(turn.ran_over());
  }
  EXPECT_FALSE(watch.running(111));
  watch.end_after(10, 200);  // nobody is at work
  const TaskWatch::Turn next(watch, {.member = 2}, 200);
  EXPECT_FALSE(next.stop().is_set());
  EXPECT_FALSE(next.ran_over());
}

TEST(TaskWatchTest, AStopEndsTheTaskUnderWayAndAllThatCome) {
  TaskWatch watch;
  {
    const TaskWatch::Turn turn(watch, {}, 100);
    watch.stop();
    EXPECT_TRUE(turn.stop().is_set());
    EXPECT_FALSE(turn.ran_over());
  }
  const TaskWatch::Turn next(watch, {}, 101);
  EXPECT_TRUE(next.stop().is_set());
}

TEST(TaskWatchTest, AStopIsNoTimeout) {
  TaskWatch watch;
  const TaskWatch::Turn turn(watch, {}, 100);
  watch.end_after(10, 120);
  watch.stop();
  EXPECT_FALSE(turn.ran_over());
}

}  // namespace
}  // namespace jury
