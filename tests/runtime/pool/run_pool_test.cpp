// The pool of one process: real threads, no MPI.
#include "runtime/pool/run_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>

#include "fakes.hpp"
#include "runtime/mpi/agreement.hpp"
#include "runtime/mpi/comm.hpp"
#include "runtime/store/blob.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

FunctionEvaluator::Function honest() {
  return [](const TaskKey& key, const StopFlag&) { return honest_record(key); };
}

struct Outcome {
  ExitCode code = ExitCode::failed;
  PoolResult result;
};

Outcome run_alone(const EvaluatorFactory& evaluators, TaskSource& source, RecordLog& log, PoolEvents& events,
                  PoolOptions options = {}) {
  Outcome outcome;
  outcome.code = run_pool(Comm::solo(), evaluators, options, [&](Coordinator& coordinator) {
    outcome.result = coordinator.run(source, log, events);
    return outcome.result.end == PoolEnd::stopped ? ExitCode::stopped : ExitCode::done;
  });
  return outcome;
}

TEST(RunPool, EveryTaskIsDoneOnceByOneToEightThreads) {
  for (int workers = 1; workers <= 8; ++workers) {
    FakeLog log;
    ListSource source(200, &log);
    FakeEvents events;
    const Outcome outcome =
        run_alone(FunctionEvaluator::factory(honest()), source, log, events, {.local_workers = workers});
    EXPECT_EQ(outcome.code, ExitCode::done);
    EXPECT_EQ(outcome.result.end, PoolEnd::completed);
    EXPECT_EQ(source.records.size(), 200U);
    EXPECT_EQ(source.counts().size(), 200U);
    EXPECT_EQ(source.num_too_early, 0);
    EXPECT_EQ(outcome.result.workers.size(), static_cast<std::size_t>(workers));
    for (const Record& record : source.records) EXPECT_TRUE(same_result(record, honest_record(record.key)));
  }
}

TEST(RunPool, EachThreadHasAnEvaluatorOfItsOwnMadeAfterTheThreadStartHook) {
  std::atomic<int> hooks = 0;
  std::atomic<int> evaluators = 0;
  std::atomic<int> too_early = 0;
  thread_local bool hooked = false;
  FakeLog log;
  ListSource source(10, &log);
  FakeEvents events;
  PoolOptions options{.local_workers = 3};
  options.thread_start = [&] {
    hooked = true;
    ++hooks;
  };
  run_alone(
      [&]() -> std::unique_ptr<Evaluator> {
        ++evaluators;
        too_early += hooked ? 0 : 1;
        return std::make_unique<FunctionEvaluator>([&](const TaskKey& key, const StopFlag&) {
          too_early += hooked ? 0 : 1;
          return honest_record(key);
        });
      },
      source, log, events, options);
  EXPECT_EQ(hooks, 3);
  EXPECT_EQ(evaluators, 3);
  EXPECT_EQ(too_early, 0);
  EXPECT_FALSE(hooked);  // the main thread does not train
}

TEST(RunPool, WhatAnEvaluatorThrowsBecomesAFailedRecord) {
  FakeLog log;
  ListSource source(6, &log);
  FakeEvents events;
  const auto evaluate = [](const TaskKey& key, const StopFlag&) -> std::optional<Record> {
    switch (key.member) {
      case 0:
        throw LeakError("row 7 was seen");
      case 1:
        throw std::bad_alloc();
      case 2:
        throw std::runtime_error("two\nlines");
      case 3:
        throw 42;
      case 4:
        return std::nullopt;
      default:
        return honest_record(key);
    }
  };
  const Outcome outcome = run_alone(FunctionEvaluator::factory(evaluate), source, log, events);
  EXPECT_EQ(outcome.result.progress.num_failed, 5U);
  ASSERT_EQ(source.records.size(), 6U);
  std::map<std::int32_t, std::string> messages;
  for (const Record& record : source.records) {
    EXPECT_EQ(record.state, record.key.member < 5 ? TaskState::failed : TaskState::complete);
    messages[record.key.member] = record.message;
  }
  EXPECT_EQ(messages[0], "row 7 was seen");
  EXPECT_EQ(messages[1], "out of memory");
  EXPECT_EQ(messages[2], "two lines");
  EXPECT_EQ(messages[3], "threw something that is no exception");
  EXPECT_EQ(messages[4], "the evaluator gave no record although nobody said stop");
}

TEST(RunPool, ADivergedRecordIsPassedOnAsItIsAndALongMessageIsCut) {
  FakeLog log;
  ListSource source(1, &log);
  FakeEvents events;
  const auto evaluate = [](const TaskKey& key, const StopFlag&) {
    Record record = honest_record(key);
    record.state = TaskState::diverged;
    record.message = std::string(5000, 'x');
    return record;
  };
  run_alone(FunctionEvaluator::factory(evaluate), source, log, events);
  EXPECT_EQ(source.records.at(0).state, TaskState::diverged);
  EXPECT_EQ(source.records.at(0).message, std::string(kTextBytes, 'x'));
}

TEST(RunPool, AStopEndsTrainingAtItsNextBoundaryAndKeepsWhatIsDone) {
  FakeLog log;
  ListSource source(1000, &log);
  FakeEvents events([&] { return source.records.size() >= 5; });
  const auto evaluate = [](const TaskKey& key, const StopFlag& stop) -> std::optional<Record> {
    if (key.member < 5) return honest_record(key);
    while (!stop.is_set()) std::this_thread::yield();  // epochs without end
    return std::nullopt;
  };
  const Outcome outcome = run_alone(FunctionEvaluator::factory(evaluate), source, log, events, {.local_workers = 2});
  EXPECT_EQ(outcome.code, ExitCode::stopped);
  EXPECT_EQ(outcome.result.end, PoolEnd::stopped);
  EXPECT_EQ(source.records.size(), 5U);
  EXPECT_EQ(log.on_disk.size(), 5U);
}

TEST(RunPool, ATaskThatEndsWhileStoppingIsStillRecorded) {
  FakeLog log;
  ListSource source(3, &log);
  std::atomic<bool> started = false;
  FakeEvents events([&] { return started.load(); });
  const auto evaluate = [&](const TaskKey& key, const StopFlag& stop) -> std::optional<Record> {
    started = true;
    while (!stop.is_set()) std::this_thread::yield();
    return honest_record(key);  // that was its last epoch anyway
  };
  const Outcome outcome = run_alone(FunctionEvaluator::factory(evaluate), source, log, events);
  EXPECT_EQ(outcome.result.end, PoolEnd::stopped);
  EXPECT_EQ(source.records.size(), 1U);
  EXPECT_EQ(source.num_too_early, 0);
}

TEST(RunPool, LargePayloadsGoToTheBlobStore) {
  const Scratch folder;
  const BlobStore blobs(folder / "blobs");
  FakeLog log;
  ListSource source(4, &log);
  FakeEvents events;
  const auto evaluate = [](const TaskKey& key, const StopFlag&) {
    return honest_record(key, key.member % 2 == 0 ? std::size_t{64} * 1024 : std::size_t{200000});
  };
  PoolOptions options;
  options.blobs = &blobs;
  run_alone(FunctionEvaluator::factory(evaluate), source, log, events, options);
  for (const Record& record : source.records) {
    EXPECT_EQ(record.blob.has_value(), record.key.member % 2 == 1);
    EXPECT_EQ(payload_of(record, blobs),
              honest_record(record.key, record.blob ? std::size_t{200000} : std::size_t{64} * 1024).payload);
  }
}

TEST(RunPool, ABlobThatCannotBeWrittenEndsTheRunWithItsExitCode) {
  const BlobStore blobs("/proc/no-such-folder/blobs");
  FakeLog log;
  ListSource source(4, &log);
  FakeEvents events;
  PoolOptions options{.local_workers = 2};
  options.blobs = &blobs;
  const auto evaluate = [](const TaskKey& key, const StopFlag&) { return honest_record(key, 200000); };
  try {
    run_alone(FunctionEvaluator::factory(evaluate), source, log, events, options);
    FAIL() << "no exception";
  } catch (const Error& error) {
    EXPECT_EQ(error.exit_code(), ExitCode::io);
  }
}

TEST(RunPool, AFactoryThatThrowsEndsTheRunWithItsExitCode) {
  FakeLog log;
  ListSource source(4, &log);
  FakeEvents events;
  const EvaluatorFactory broken = []() -> std::unique_ptr<Evaluator> { throw ConfigError("no AVX2"); };
  try {
    run_alone(broken, source, log, events, {.local_workers = 2});
    FAIL() << "no exception";
  } catch (const Error& error) {
    EXPECT_EQ(error.exit_code(), ExitCode::usage);
    EXPECT_NE(std::string(error.what()).find("no AVX2"), std::string::npos);
  }
}

TEST(RunPool, AnErrorOfTheCallerEndsTheThreadsAndIsPassedOn) {
  const auto evaluate = [](const TaskKey& key, const StopFlag& stop) -> std::optional<Record> {
    while (!stop.is_set()) std::this_thread::yield();
    return honest_record(key);
  };
  const auto fail = [](Coordinator&) -> ExitCode { throw IoError("disk full"); };
  EXPECT_THROW(run_pool(Comm::solo(), FunctionEvaluator::factory(evaluate), {.local_workers = 2}, fail), IoError);
}

TEST(RunPool, ADiskThatFillsUpIsPassedOnWithWhatCountedIntact) {
  FakeLog log;
  log.fail_at_commit = 2;
  ListSource source(5000, &log);
  FakeEvents events;
  PoolOptions options;
  options.commit_records = 10;
  EXPECT_THROW(run_alone(FunctionEvaluator::factory(honest()), source, log, events, options), IoError);
  EXPECT_EQ(source.num_too_early, 0);
  EXPECT_EQ(source.records.size(), log.on_disk.size());
}

TEST(RunPool, RecordsSayWhereAndHowLong) {
  FakeLog log;
  ListSource source(3, &log);
  FakeEvents events;
  run_alone(FunctionEvaluator::factory(honest()), source, log, events);
  for (const Record& record : source.records) {
    EXPECT_EQ(record.rank, 0);
    EXPECT_EQ(record.host, host_name());
    EXPECT_GE(record.seconds, 0);
    EXPECT_GE(record.started_seconds, 0);
  }
}

TEST(RunPool, ManyEmptyTasksAllArrive) {
  FakeLog log;
  ListSource source(20000, &log, [](std::int32_t) { return 0.0; });
  FakeEvents events;
  const Outcome outcome = run_alone(FunctionEvaluator::factory(honest()), source, log, events, {.local_workers = 2});
  EXPECT_EQ(source.counts().size(), 20000U);
  EXPECT_LT(outcome.result.num_frames, 5000U);  // records travel together
}

}  // namespace
}  // namespace jury
