// Workers that are lost, where that costs only their tasks.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>

#include "coordinator_case.hpp"
#include "runtime/pool/coordinator.hpp"

namespace jury {
namespace {

/// Losses cost tasks only.
class SturdyCoordinatorTest : public CoordinatorTest {
 protected:
  PoolOptions sturdy() {
    PoolOptions sturdy = options();
    sturdy.losses = PoolOptions::Losses::cost_their_tasks;
    sturdy.report_silence_seconds = 5;
    sturdy.lost_seconds = 20;
    return sturdy;
  }
  // Worker 2 falls silent at the tenth record; at the hundredth it wakes up, when others have done what it had in
  // flight.
  static void lose_for_a_while(ListSource& source, FakeWorkers& crew, std::function<void()> when_back) {
    source.on_done = [&source, &crew, when_back = std::move(when_back)](const Record&) {
      if (source.records.size() == 10) crew.silence(2);
      if (source.records.size() != 100) return;
      crew.wake(2);
      when_back();
    };
  }
  // Everything is done once, and honestly.
  static void expect_all(const ListSource& source, std::size_t count) {
    EXPECT_EQ(source.counts().size(), count);
    EXPECT_EQ(source.records.size(), count);
    for (const Record& record : source.records) EXPECT_TRUE(same_result(record, honest_record(record.key)));
  }
};

TEST_F(SturdyCoordinatorTest, OthersDoTheTasksOfAWorkerThatIsLost) {
  ListSource source(60, &log_);
  FakeWorkers crew(4, clock_, constant(3));
  source.on_done = [&](const Record&) {
    if (source.records.size() == 10) crew.silence(2);
  };
  const PoolResult result = Coordinator({&crew}, sturdy()).run(source, log_, events_);
  EXPECT_EQ(result.end, PoolEnd::completed);
  EXPECT_EQ(result.num_lost, 1U);
  EXPECT_EQ(events_.lost, (std::vector<std::string>{"rank 3 on node2"}));
  EXPECT_EQ(events_.num_tasks_lost, 2U);
  expect_all(source, 60);
}

TEST_F(SturdyCoordinatorTest, DoesNotWaitForAProcessThatIsKnownToBeGone) {
  ListSource source(60, &log_);
  FakeWorkers crew(4, clock_, constant(3));
  PoolOptions options = sturdy();
  options.is_gone = [](const Ready& worker) { return worker.pid == 102; };
  source.on_done = [&](const Record&) {
    if (source.records.size() == 10) crew.silence(2);
  };
  const PoolResult result = Coordinator({&crew}, options).run(source, log_, events_);
  EXPECT_TRUE(events_.silent.empty());  // it would have been reported after 5 s
  EXPECT_EQ(result.num_lost, 1U);
  expect_all(source, 60);
}

TEST_F(SturdyCoordinatorTest, ALostWorkerThatComesBackIsWelcomeAndItsDuplicatesAreDropped) {
  ListSource source(200, &log_);
  FakeWorkers crew(4, clock_, constant(3));
  lose_for_a_while(source, crew, [&] {
    for (const TaskKey& key : crew.lost_of(2))
      crew.say(2, records_message({to_bytes(honest_record(key))}), clock_.seconds());
  });
  const PoolResult result = Coordinator({&crew}, sturdy()).run(source, log_, events_);
  EXPECT_EQ(result.end, PoolEnd::completed);
  EXPECT_EQ(events_.back, (std::vector<std::string>{"rank 3 on node2"}));
  EXPECT_EQ(result.num_duplicates, 2U);
  expect_all(source, 200);
}

TEST_F(SturdyCoordinatorTest, ALateResultThatDiffersEndsTheRun) {
  ListSource source(200, &log_);
  FakeWorkers crew(4, clock_, constant(3));
  lose_for_a_while(source, crew, [&] {
    Record other = honest_record(crew.lost_of(2).front());
    other.payload.push_back(std::byte{1});
    crew.say(2, records_message({to_bytes(other)}), clock_.seconds());
  });
  Coordinator coordinator({&crew}, sturdy());
  EXPECT_THROW(coordinator.run(source, log_, events_), CommError);
}

TEST_F(SturdyCoordinatorTest, ATaskThatLosesItsWorkersThreeTimesIsGivenUpAndNoOther) {
  ListSource source(40, &log_);
  FakeWorkers crew(9, clock_, constant(3));
  crew.kills = [](const TaskKey& key) { return key.member == 17; };
  const PoolResult result = Coordinator({&crew}, sturdy()).run(source, log_, events_);
  EXPECT_EQ(result.end, PoolEnd::completed);
  EXPECT_EQ(result.num_lost, 3U);
  EXPECT_EQ(source.records.size(), 40U);
  for (const Record& record : source.records) {
    EXPECT_EQ(record.state, record.key.member == 17 ? TaskState::failed : TaskState::complete);
    if (record.state == TaskState::failed) {
      EXPECT_NE(record.message.find("lost its worker 3 times"), std::string::npos) << record.message;
    }
  }
}

TEST_F(SturdyCoordinatorTest, SaysOfWhatAWorkerDiedWhereThatIsKnown) {
  ListSource source(40, &log_);
  FakeWorkers crew(9, clock_, constant(3));
  crew.kills = [](const TaskKey& key) { return key.member == 17; };
  PoolOptions options = sturdy();
  std::vector<std::int32_t> asked;
  options.why_lost = [&](const Ready& worker) {
    asked.push_back(worker.pid);
    return std::string(asked.size() == 3 ? "SIGFPE" : "");
  };
  Coordinator({&crew}, options).run(source, log_, events_);
  EXPECT_EQ(asked.size(), 3U);
  EXPECT_EQ(events_.died, (std::vector<std::string>{events_.lost.back() + ": SIGFPE"}));
  for (const Record& record : source.records)
    if (record.key.member == 17) {
      EXPECT_EQ(record.message, "lost its worker 3 times (the last time: SIGFPE)");
    }
}

TEST_F(SturdyCoordinatorTest, StopsWhenMoreThanHalfOfTheWorkersAreLost) {
  ListSource source(100, &log_);
  FakeWorkers crew(4, clock_, constant(3));
  source.on_done = [&](const Record&) {
    if (source.records.size() == 10)
      for (int worker = 0; worker < 3; ++worker) crew.silence(worker);
  };
  const PoolResult result = Coordinator({&crew}, sturdy()).run(source, log_, events_);
  EXPECT_EQ(result.end, PoolEnd::short_handed);
  EXPECT_EQ(result.num_lost, 3U);
  EXPECT_LT(source.records.size(), 100U);
}

TEST_F(SturdyCoordinatorTest, AnOrphanLeaves) {
  ListSource source(100, &log_);
  FakeWorkers crew(2, clock_, constant(3));
  PoolOptions orphan = sturdy();
  orphan.is_orphan = [&] { return source.records.size() >= 10; };
  Coordinator coordinator({&crew}, orphan);
  EXPECT_THROW(coordinator.run(source, log_, events_), CommError);
}

}  // namespace
}  // namespace jury
