#include "runtime/pool/ledger.hpp"

#include <gtest/gtest.h>

#include "fakes.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

TEST(Ledger, ABatchIsOpenUntilItsLastRecord) {
  Ledger ledger(2);
  ledger.deal(1, {{task(0), 5}, {task(1), 6}});
  EXPECT_EQ(ledger.num_batches(0), 0U);
  EXPECT_EQ(ledger.num_batches(1), 1U);
  EXPECT_EQ(ledger.take(honest_record(task(1))).cost, 6);
  EXPECT_EQ(ledger.num_batches(1), 1U);
  ledger.take(honest_record(task(0)));
  EXPECT_EQ(ledger.num_batches(1), 0U);
  EXPECT_EQ(ledger.num_in_flight(), 0U);
}

// A ledger whose worker 0 was lost with task 0 in flight.
struct LedgerWithLoss {
  LedgerWithLoss() {
    ledger.deal(0, {{task(0), 5, 50}});
    lost = ledger.lose(0);
  }
  Ledger ledger{2};
  std::vector<Ledger::Lost> lost;
};

TEST(Ledger, AnEqualRecordOfALostTaskIsADuplicate) {
  LedgerWithLoss with;
  with.ledger.deal(1, {with.lost[0].task});
  Record record = honest_record(task(0));
  EXPECT_EQ(with.ledger.take(record).verdict, Ledger::Verdict::fresh);
  record.seconds = 17;  // time and place do not count
  record.host = "elsewhere";
  EXPECT_EQ(with.ledger.take(record).verdict, Ledger::Verdict::duplicate);
}

TEST(Ledger, ALostTaskThatNobodyHasMayStillCome) {
  LedgerWithLoss with;
  const Ledger::Receipt receipt = with.ledger.take(honest_record(task(0)));
  EXPECT_EQ(receipt.verdict, Ledger::Verdict::fresh);
  EXPECT_TRUE(receipt.was_lost);
  EXPECT_EQ(receipt.cost, 5);
  EXPECT_EQ(receipt.settings, 50U);
  EXPECT_EQ(with.ledger.take(honest_record(task(0))).verdict, Ledger::Verdict::duplicate);
}

TEST(Ledger, CountsHowOftenATaskWasLost) {
  LedgerWithLoss with;
  EXPECT_EQ(with.lost[0].times, 1);
  with.ledger.deal(1, {with.lost[0].task, {task(1), 6}});
  const std::vector<Ledger::Lost> again = with.ledger.lose(1);
  ASSERT_EQ(again.size(), 2U);
  EXPECT_EQ(again[0].times, 2);
  EXPECT_EQ(again[1].times, 1);
}

TEST(Ledger, WhatComesOfAGivenUpTaskIsDropped) {
  LedgerWithLoss with;
  Record failed = honest_record(task(0));
  failed.state = TaskState::failed;
  with.ledger.give_up(failed);
  EXPECT_EQ(with.ledger.take(honest_record(task(0))).verdict, Ledger::Verdict::duplicate);
}

TEST(Ledger, ATaskThatIsAskedForOnceMoreIsFreshAgain) {
  LedgerWithLoss with;
  with.ledger.take(honest_record(task(0)));
  with.ledger.deal(1, {{task(0), 5, 51}});
  Record other = honest_record(task(0), 20);
  EXPECT_EQ(with.ledger.take(other).settings, 51U);
}

TEST(Ledger, ADifferentRecordOfALostTaskIsAnError) {
  LedgerWithLoss with;
  with.ledger.take(honest_record(task(0)));
  Record other = honest_record(task(0));
  other.payload.front() ^= std::byte{1};
  other.rank = 3;
  other.host = "node7";
  try {
    with.ledger.take(other);
    FAIL() << "no exception";
  } catch (const CommError& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("two different results for trial 0 member 0"), std::string::npos) << text;
    EXPECT_NE(text.find("rank 3 on node7"), std::string::npos) << text;
  }
}

TEST(Ledger, AFailureThatDependsOnTheMachineMayDifferFromAnotherTry) {
  LedgerWithLoss with;
  with.ledger.take(honest_record(task(0)));
  Record failed = honest_record(task(0));
  failed.state = TaskState::failed;
  failed.message = "out of memory";
  EXPECT_EQ(with.ledger.take(failed).verdict, Ledger::Verdict::duplicate);
}

TEST(Ledger, ARecordNobodyAskedForIsAnError) {
  Ledger ledger(1);
  EXPECT_THROW(ledger.take(honest_record(task(0))), CommError);
}

TEST(Ledger, ForgottenTasksAreNobodysAndComeBackAsTheyWere) {
  Ledger ledger(2);
  ledger.deal(0, {{task(0), 5}});
  ledger.deal(1, {{task(1), 6, 60}, {task(2), 7, 70}});
  EXPECT_EQ(ledger.take(honest_record(task(2))).settings, 70U);
  const std::vector<ReadyTask> lost = ledger.forget(1);
  ASSERT_EQ(lost.size(), 1U);
  EXPECT_EQ(lost[0].key, task(1));
  EXPECT_EQ(lost[0].cost, 6);
  EXPECT_EQ(lost[0].settings, 60U);
  EXPECT_EQ(ledger.num_batches(1), 0U);
  EXPECT_EQ(ledger.num_in_flight(), 1U);
}

TEST(Ledger, KnowsWhoHasHowManyBatchesOfThoseThatCanBeGivenTasks) {
  using Workers = std::set<std::size_t>;
  Ledger ledger(3);
  EXPECT_EQ(ledger.holding(0), Workers{});
  for (const std::size_t worker : {2U, 0U}) ledger.enter(worker);
  EXPECT_EQ(ledger.holding(0), (Workers{0, 2}));
  ledger.deal(2, {{task(1), 5}, {task(2), 5}});
  ledger.deal(2, {{task(3), 5}});
  EXPECT_EQ(ledger.holding(0), Workers{0});
  EXPECT_EQ(ledger.holding(2), Workers{2});
  ledger.take(honest_record(task(1)));
  EXPECT_EQ(ledger.holding(2), Workers{2});
  ledger.take(honest_record(task(2)));
  EXPECT_EQ(ledger.holding(1), Workers{2});
  ledger.lose(2);
  for (const std::size_t batches : {1U, 2U, 3U}) EXPECT_EQ(ledger.holding(batches), Workers{});
  ledger.take(honest_record(task(3)));  // it comes all the same
  EXPECT_EQ(ledger.holding(0), Workers{0});
  ledger.enter(2);
  ledger.enter(2);
  EXPECT_EQ(ledger.holding(0), (Workers{0, 2}));
  ledger.deal(0, {{task(4), 5}});
  ledger.forget(0);
  EXPECT_EQ(ledger.holding(0), (Workers{0, 2}));
}

}  // namespace
}  // namespace jury
