#include "runtime/pool/dealer.hpp"

#include <gtest/gtest.h>

#include "fakes.hpp"
#include "runtime/pool/message.hpp"

namespace jury {
namespace {

std::vector<ReadyTask> equal_tasks(std::int32_t count, double cost) {
  std::vector<ReadyTask> tasks;
  for (std::int32_t i = 0; i < count; ++i) tasks.push_back({task(i), cost});
  return tasks;
}

TEST(Dealer, LongestComesFirstAndTiesGoByKey) {
  Dealer dealer(0);
  dealer.add({{task(0), 1e9}, {task(2), 3e9}, {task(1), 3e9}});
  dealer.add({{task(3), 2e9}});
  std::vector<TaskKey> order;
  while (!dealer.empty()) order.push_back(dealer.next_batch(1).front().key);
  EXPECT_EQ(order, (std::vector<TaskKey>{task(1), task(2), task(3), task(0)}));
}

TEST(Dealer, ALongTaskIsABatchOfItsOwn) {
  Dealer dealer(2e-3);
  dealer.add(equal_tasks(100, 1e9));  // 0.1 s each
  EXPECT_EQ(dealer.next_batch(1).size(), 1U);
}

TEST(Dealer, ShortTasksMakeABatchOfAboutItsTime) {
  Dealer dealer(2e-3);
  dealer.add(equal_tasks(1000, 1e6));  // 0.1 ms each
  const std::size_t size = dealer.next_batch(1).size();
  EXPECT_GE(size, 19U);
  EXPECT_LE(size, 20U);
}

TEST(Dealer, TasksThatCostNothingStillLeaveAShareForEveryWorkerAndFitAMessage) {
  Dealer dealer(2e-3);
  dealer.add(equal_tasks(100000, 0));
  EXPECT_EQ(dealer.next_batch(2).size(), kTasksPerMessage);
  Dealer few(2e-3);
  few.add(equal_tasks(16, 0));
  EXPECT_EQ(few.next_batch(4).size(), 2U);
  Dealer one(2e-3);
  one.add(equal_tasks(1, 0));
  EXPECT_EQ(one.next_batch(4).size(), 1U);
}

TEST(Dealer, LearnsHowFastTheMachineIs) {
  Dealer dealer(2e-3);
  for (int i = 0; i < 1000; ++i) dealer.learn(1e9, 1);  // ten times slower than assumed
  EXPECT_NEAR(dealer.expected_seconds(1e9), 1, 0.02);
  dealer.learn(0, 5);
  dealer.learn(1e9, 0);
  EXPECT_NEAR(dealer.expected_seconds(1e9), 1, 0.02);
}

TEST(Dealer, TheLastLongTasksWaitForWhoIsIdleFirst) {
  Dealer dealer(2e-3);
  dealer.add(equal_tasks(20, 1e11));  // 10 s each: ten rounds
  EXPECT_TRUE(dealer.worth_queueing(2));
  EXPECT_FALSE(dealer.worth_queueing(3));
  Dealer second(2e-3);
  second.add(equal_tasks(2, 5e9));  // half a second: one round
  EXPECT_TRUE(second.worth_queueing(2));
  EXPECT_FALSE(second.worth_queueing(3));
  Dealer endless(2e-3);
  endless.add(equal_tasks(60, 1e14));  // hours: thirty rounds
  EXPECT_TRUE(endless.worth_queueing(2));
  EXPECT_FALSE(endless.worth_queueing(3));
  Dealer quick(2e-3);
  quick.add(equal_tasks(2, 1e6));
  EXPECT_TRUE(quick.worth_queueing(3));
}

TEST(DealerDeathTest, ATaskGivenTwiceBreaksTheContract) {
  Dealer dealer(0);
  dealer.add(equal_tasks(1, 5));
  EXPECT_DEATH(dealer.add(equal_tasks(1, 5)), "contract broken");
}

}  // namespace
}  // namespace jury
