#include "runtime/pool/coordinator.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "coordinator_case.hpp"
#include "runtime/mpi/agreement.hpp"

namespace jury {
namespace {

TEST_F(CoordinatorTest, EveryTaskIsDoneOnceForAnyNumberOfWorkers) {
  for (int workers = 1; workers <= 8; ++workers) {
    FakeLog log;
    ListSource source(100, &log);
    Rng delays(static_cast<std::uint64_t>(workers));
    FakeWorkers crew(workers, clock_, [&](int, const TaskKey&) { return delays.uniform(); });
    Coordinator coordinator({&crew}, options());
    const PoolResult result = coordinator.run(source, log, events_);
    EXPECT_EQ(result.end, PoolEnd::completed);
    EXPECT_EQ(result.progress.num_done, 100U);
    EXPECT_EQ(result.progress.num_failed, 0U);
    EXPECT_EQ(source.counts().size(), 100U);
    EXPECT_EQ(source.records.size(), 100U);
    EXPECT_EQ(source.num_too_early, 0);
    for (const Record& record : source.records) EXPECT_TRUE(same_result(record, honest_record(record.key)));
  }
}

TEST_F(CoordinatorTest, LongestExpectedTasksGoFirst) {
  ListSource source(50, &log_, [](std::int32_t i) { return 1e9 * (i % 10 + 1); });
  FakeWorkers crew(1, clock_, constant(0.1));
  Coordinator({&crew}, options()).run(source, log_, events_);
  ASSERT_EQ(crew.dealt.size(), 50U);
  for (std::size_t i = 1; i < crew.dealt.size(); ++i)
    EXPECT_GE(crew.dealt[i - 1].member % 10, crew.dealt[i].member % 10);
}

TEST_F(CoordinatorTest, EachWorkerHasTwoBatchesInFlightAndNoMore) {
  ListSource source(100, &log_);
  FakeWorkers crew(3, clock_, constant(0.1));
  Coordinator({&crew}, options()).run(source, log_, events_);
  EXPECT_EQ(crew.most_batches, 2);
}

TEST_F(CoordinatorTest, ShortTasksAreDealtInBatches) {
  ListSource source(2000, &log_, [](std::int32_t) { return 1e6; });
  FakeWorkers crew(2, clock_, constant(1e-4));
  Coordinator({&crew}, options()).run(source, log_, events_);
  EXPECT_GE(*std::max_element(crew.batch_sizes.begin(), crew.batch_sizes.end()), 15U);
  EXPECT_LE(crew.batch_sizes.size(), 300U);
}

TEST_F(CoordinatorTest, TenMillisecondTasksKeepTwoWorkersBusy) {
  ListSource source(1000, &log_, [](std::int32_t) { return 1e8; });
  FakeWorkers crew(2, clock_, constant(0.01));
  const PoolResult result = Coordinator({&crew}, options()).run(source, log_, events_);
  EXPECT_GE(result.utilisation, 0.98);
}

TEST_F(CoordinatorTest, TheLastTasksGoToWhoIsIdle) {
  // Worker 1 is slow: the last task must not be queued behind its second.
  ListSource source(3, &log_, [](std::int32_t) { return 1e10; });
  FakeWorkers crew(2, clock_, [](int worker, const TaskKey&) { return worker == 1 ? 10.0 : 1.0; });
  const PoolResult result = Coordinator({&crew}, options()).run(source, log_, events_);
  EXPECT_LT(result.progress.seconds, 10.1);
}

TEST_F(CoordinatorTest, PollingIsRareWhileNothingHappens) {
  ListSource source(2, &log_);
  FakeWorkers crew(2, clock_, constant(50));
  const PoolResult result = Coordinator({&crew}, options()).run(source, log_, events_);
  EXPECT_LT(static_cast<double>(result.num_polls), 1.1e3 * result.progress.seconds);
}

TEST_F(CoordinatorTest, DoneMayReleaseMoreTasks) {
  ListSource source(4, &log_);
  source.on_done = [&](const Record& record) {
    if (record.key.member < 40) source.released.push_back({task(record.key.member + 4), 1e9});
  };
  FakeWorkers crew(2, clock_, constant(0.1));
  const PoolResult result = Coordinator({&crew}, options()).run(source, log_, events_);
  EXPECT_EQ(result.end, PoolEnd::completed);
  EXPECT_EQ(source.counts().size(), 44U);
}

TEST_F(CoordinatorTest, NothingToDoIsDoneAtOnce) {
  ListSource source(0, &log_);
  FakeWorkers crew(1, clock_, constant(1));
  EXPECT_EQ(Coordinator({&crew}, options()).run(source, log_, events_).end, PoolEnd::completed);
}

TEST_F(CoordinatorTest, RecordsAreCommittedInGroups) {
  ListSource source(2000, &log_, [](std::int32_t) { return 1e7; });
  FakeWorkers crew(4, clock_, constant(1e-3));
  Coordinator({&crew}, options()).run(source, log_, events_);
  EXPECT_EQ(log_.appended.size(), 2000U);
  EXPECT_LT(log_.num_commits, 40);
  EXPECT_EQ(source.num_too_early, 0);
}

TEST_F(CoordinatorTest, ACommitComesAtOnceWhenAWorkerHasRunDry) {
  // Each task releases the next: waiting 100 ms for company would take 10 s.
  ListSource source(1, &log_);
  source.on_done = [&](const Record& record) {
    if (record.key.member < 99) source.released.push_back({task(record.key.member + 1), 1e9});
  };
  FakeWorkers crew(1, clock_, constant(1e-3));
  const PoolResult result = Coordinator({&crew}, options()).run(source, log_, events_);
  EXPECT_EQ(source.records.size(), 100U);
  EXPECT_LT(result.progress.seconds, 1);
}

TEST_F(CoordinatorTest, WhatCannotBeWrittenDoesNotCount) {
  log_.fail_at_commit = 3;
  ListSource source(1000, &log_);
  FakeWorkers crew(2, clock_, constant(0.05));
  Coordinator coordinator({&crew}, options());
  EXPECT_THROW(coordinator.run(source, log_, events_), IoError);
  EXPECT_EQ(source.num_too_early, 0);
  EXPECT_EQ(source.records.size(), log_.on_disk.size());
}

TEST_F(CoordinatorTest, AStopKeepsWhatWasDoneAndForgetsTheRest) {
  ListSource source(100, &log_);
  FakeEvents events([&] { return source.records.size() >= 10; });
  FakeWorkers crew(3, clock_, constant(0.1));
  const PoolResult result = Coordinator({&crew}, options()).run(source, log_, events);
  EXPECT_EQ(result.end, PoolEnd::stopped);
  EXPECT_EQ(crew.num_received[MessageKind::cancel], 3);
  EXPECT_GE(source.records.size(), 10U);
  EXPECT_LT(source.records.size(), 30U);
  EXPECT_EQ(source.records.size(), log_.on_disk.size());
  EXPECT_EQ(result.progress.num_in_flight, 0U);
}

TEST_F(CoordinatorTest, AStopAfterTheLastRecordIsACompletion) {
  ListSource source(10, &log_);
  FakeEvents events([&] { return source.records.size() == 10; });
  FakeWorkers crew(2, clock_, constant(0.1));
  EXPECT_EQ(Coordinator({&crew}, options()).run(source, log_, events).end, PoolEnd::completed);
}

TEST_F(CoordinatorTest, AWorkerThatDoesNotDrainIsNotWaitedForForEver) {
  ListSource source(100, &log_);
  FakeEvents events([&] { return source.records.size() >= 10; });
  FakeWorkers crew(2, clock_, constant(0.1));
  crew.drain_seconds = 1e6;
  const PoolResult result = Coordinator({&crew}, options()).run(source, log_, events);
  EXPECT_EQ(result.end, PoolEnd::stopped);
  EXPECT_LT(result.progress.seconds, 130);
}

TEST_F(CoordinatorTest, ARecordOfATaskThatIsDoneEndsTheRun) {
  ListSource source(20, &log_);
  FakeWorkers crew(2, clock_, constant(0.1));
  source.on_done = [&](const Record& record) { crew.say(1, records_message({to_bytes(record)}), clock_.seconds()); };
  Coordinator coordinator({&crew}, options());
  EXPECT_THROW(coordinator.run(source, log_, events_), CommError);
}

TEST_F(CoordinatorTest, ASilentWorkerIsReportedOnceAndIsAnErrorInTheEnd) {
  ListSource source(10, &log_);
  FakeWorkers crew(2, clock_, constant(20));
  source.on_done = [&](const Record&) { crew.silence(1); };
  Coordinator coordinator({&crew}, options());
  try {
    coordinator.run(source, log_, events_);
    FAIL() << "no exception";
  } catch (const CommError& error) {
    EXPECT_NE(std::string(error.what()).find("nothing heard of rank 2 on node1 for "), std::string::npos)
        << error.what();
  }
  EXPECT_EQ(events_.silent, (std::vector<std::string>{"rank 2 on node1"}));
}

TEST_F(CoordinatorTest, AWorkerThatComesBackAfterSilenceIsWelcome) {
  ListSource source(30, &log_);
  FakeWorkers crew(2, clock_, constant(5));
  source.on_done = [&](const Record&) {
    if (source.records.size() == 4) crew.silence(1);
    if (source.records.size() == 12) crew.wake(1);
  };
  PoolOptions patient = options();
  patient.report_silence_seconds = 10;
  // What it had in flight while it was deaf never comes: the run ends by the stop below.
  FakeEvents events([&] { return source.records.size() >= 20; });
  EXPECT_EQ(Coordinator({&crew}, patient).run(source, log_, events).end, PoolEnd::stopped);
  EXPECT_EQ(events.silent.size(), 1U);
}

TEST_F(CoordinatorTest, WorkersHearFromItEverySecond) {
  ListSource source(4, &log_);
  FakeWorkers crew(2, clock_, constant(10));
  const PoolResult result = Coordinator({&crew}, options()).run(source, log_, events_);
  const double beats = crew.num_received[MessageKind::heartbeat] / 2.0;
  EXPECT_NEAR(beats, result.progress.seconds, 3);
  EXPECT_NEAR(events_.num_ticks, result.progress.seconds * 10, 20);
}

TEST_F(CoordinatorTest, AWorkersFatalErrorEndsTheRunWithItsExitCode) {
  ListSource source(10, &log_);
  FakeWorkers crew(2, clock_, constant(1));
  crew.say(1, failure_message({ExitCode::io, "no room for a blob"}), clock_.seconds() + 1.5);
  try {
    Coordinator({&crew}, options()).run(source, log_, events_);
    FAIL() << "no exception";
  } catch (const PeerError& error) {
    EXPECT_EQ(error.exit_code(), ExitCode::io);
    EXPECT_FALSE(error.quiet());
    EXPECT_STREQ(error.what(), "rank 2 on node1: no room for a blob");
  }
}

TEST_F(CoordinatorTest, AMessageOnlyWorkersAreSentIsAnError) {
  ListSource source(10, &log_);
  FakeWorkers crew(1, clock_, constant(1));
  crew.say(0, cancel_message(), clock_.seconds() + 0.5);
  Coordinator coordinator({&crew}, options());
  EXPECT_THROW(coordinator.run(source, log_, events_), CommError);
}

TEST_F(CoordinatorTest, DrainedWithoutACancelIsAnError) {
  ListSource source(10, &log_);
  FakeWorkers crew(1, clock_, constant(1));
  crew.say(0, drained_message(), clock_.seconds() + 0.5);
  Coordinator coordinator({&crew}, options());
  EXPECT_THROW(coordinator.run(source, log_, events_), CommError);
}

TEST_F(CoordinatorTest, ADamagedFrameIsAnError) {
  ListSource source(10, &log_);
  FakeWorkers crew(1, clock_, constant(1));
  crew.push_frame(0, Bytes(40));
  Coordinator coordinator({&crew}, options());
  EXPECT_THROW(coordinator.run(source, log_, events_), CommError);
}

TEST_F(CoordinatorTest, AFrameThatNeverCameIsAnError) {
  ListSource source(10, &log_);
  FakeWorkers crew(1, clock_, constant(1));
  crew.say(0, heartbeat_message(1, 90), clock_.seconds() + 0.5);
  Coordinator coordinator({&crew}, options());
  try {
    coordinator.run(source, log_, events_);
    FAIL() << "no exception";
  } catch (const CommError& error) {
    EXPECT_NE(std::string(error.what()).find("what rank 1 on node0 sent is not what arrived"), std::string::npos)
        << error.what();
  }
}

TEST_F(CoordinatorTest, LargeRecordsOfManyWorkersReassemble) {
  ListSource source(64, &log_);
  FakeWorkers crew(8, clock_, constant(0.1));
  crew.payload_bytes = 64 * 1024;
  Coordinator({&crew}, options()).run(source, log_, events_);
  ASSERT_EQ(source.records.size(), 64U);
  for (const Record& record : source.records) EXPECT_TRUE(same_result(record, honest_record(record.key, 64 * 1024)));
}

TEST_F(CoordinatorTest, RunMayBeCalledAgainWithMoreTasks) {
  FakeWorkers crew(2, clock_, constant(0.1));
  Coordinator coordinator({&crew}, options());
  ListSource first(10, &log_);
  coordinator.run(first, log_, events_);
  ListSource second(0, &log_);
  for (int i = 10; i < 30; ++i) second.released.push_back({task(i), 1e9});
  const PoolResult result = coordinator.run(second, log_, events_);
  EXPECT_EQ(result.progress.num_done, 20U);
  EXPECT_EQ(result.workers[0].num_tasks + result.workers[1].num_tasks, 20U);
}

TEST_F(CoordinatorTest, StopTellsEveryWorkerTheExitCode) {
  FakeWorkers crew(3, clock_, constant(0.1));
  Coordinator coordinator({&crew}, options());
  coordinator.stop(ExitCode::worse_than_required);
  EXPECT_EQ(crew.stop_codes, std::vector<ExitCode>(3, ExitCode::worse_than_required));
}

TEST_F(CoordinatorTest, SaysWhoWorkedAndHowMuch) {
  ListSource source(40, &log_);
  FakeWorkers crew(2, clock_, constant(0.1));
  const PoolResult result = Coordinator({&crew}, options()).run(source, log_, events_);
  ASSERT_EQ(result.workers.size(), 2U);
  EXPECT_EQ(result.workers[0].name, "rank 1 on node0");
  EXPECT_EQ(result.workers[1].host, "node1");
  EXPECT_EQ(result.workers[1].rank, 2);
  EXPECT_EQ(result.workers[0].num_tasks + result.workers[1].num_tasks, 40U);
  EXPECT_NEAR(result.workers[0].busy_seconds + result.workers[1].busy_seconds, 4, 1e-6);
}

}  // namespace
}  // namespace jury
