// The pool over ranks.
#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "fakes.hpp"
#include "runtime/mpi/agreement.hpp"
#include "runtime/mpi/comm.hpp"
#include "runtime/pool/run_pool.hpp"

namespace jury {
namespace {

FunctionEvaluator::Function honest(std::size_t payload_bytes = 16) {
  return [payload_bytes](const TaskKey& key, const StopFlag&) { return honest_record(key, payload_bytes); };
}

/// Parameter: how many ranks share a gateway; 0: rank 0 reaches all straight. Groups on one machine stand for nodes.
class MpiPool : public testing::TestWithParam<int> {
 protected:
  static PoolOptions options() {
    PoolOptions options;
    if (GetParam() > 0) {
      options.gateways_above = 1;
      options.ranks_per_gateway = GetParam();
    }
    return options;
  }
};

INSTANTIATE_TEST_SUITE_P(Groups, MpiPool, testing::Values(0, 1, 2));

/// Runs a pool on all ranks; `coordinate` on rank 0. The exit code must be the same everywhere.
ExitCode run_everywhere(const EvaluatorFactory& evaluators, const PoolOptions& options,
                        const std::function<ExitCode(Coordinator&)>& coordinate) {
  const Comm comm = Comm::world();
  const ExitCode code = run_pool(comm, evaluators, options, coordinate);
  EXPECT_EQ(comm.min(static_cast<int>(code)), comm.max(static_cast<int>(code)));
  return code;
}

TEST_P(MpiPool, EveryTaskIsDoneOnceAndAllRanksLeaveWithOneExitCode) {
  const Comm comm = Comm::world();
  const ExitCode code = run_everywhere(FunctionEvaluator::factory(honest()), options(), [&](Coordinator& coordinator) {
    FakeLog log;
    ListSource source(500, &log);
    FakeEvents events;
    const PoolResult result = coordinator.run(source, log, events);
    EXPECT_EQ(result.end, PoolEnd::completed);
    EXPECT_EQ(result.workers.size(), static_cast<std::size_t>(comm.size()));  // rank 0 trains too
    EXPECT_EQ(source.counts().size(), 500U);
    EXPECT_EQ(source.records.size(), 500U);
    EXPECT_EQ(source.num_too_early, 0);
    for (const Record& record : source.records) EXPECT_TRUE(same_result(record, honest_record(record.key)));
    return ExitCode::too_many_failed;
  });
  EXPECT_EQ(code, ExitCode::too_many_failed);
}

TEST_P(MpiPool, AllRanksTakePart) {
  const Comm comm = Comm::world();
  std::set<int> ranks;
  // Tasks follow one another until every rank has been seen at work.
  run_everywhere(FunctionEvaluator::factory(honest()), options(), [&](Coordinator& coordinator) {
    FakeLog log;
    ListSource source(comm.size(), &log, [](std::int32_t) { return 1e12; });
    FakeEvents events;
    source.on_done = [&](const Record& record) {
      ranks.insert(record.rank);
      if (ranks.size() < static_cast<std::size_t>(comm.size()))
        source.released.push_back({task(record.key.member + comm.size()), 1e12});
    };
    coordinator.run(source, log, events);
    return ExitCode::done;
  });
  if (comm.rank() == 0) {
    EXPECT_EQ(ranks.size(), static_cast<std::size_t>(comm.size()));
  }
}

TEST_P(MpiPool, AboveAThresholdTheCoordinatorOnlyCoordinates) {
  const Comm comm = Comm::world();
  if (comm.size() == 1) GTEST_SKIP() << "somebody must train";
  PoolOptions only = options();
  only.coordinator_trains_up_to = 1;
  run_everywhere(FunctionEvaluator::factory(honest()), only, [&](Coordinator& coordinator) {
    FakeLog log;
    ListSource source(50, &log);
    FakeEvents events;
    EXPECT_EQ(coordinator.run(source, log, events).workers.size(), static_cast<std::size_t>(comm.size() - 1));
    for (const Record& record : source.records) EXPECT_NE(record.rank, 0);
    return ExitCode::done;
  });
}

TEST_P(MpiPool, LargeRecordsArriveWholeFromAllRanksAtOnce) {
  constexpr std::size_t kBytes = 64 * 1024;
  run_everywhere(FunctionEvaluator::factory(honest(kBytes)), options(), [&](Coordinator& coordinator) {
    FakeLog log;
    ListSource source(100, &log);
    FakeEvents events;
    coordinator.run(source, log, events);
    EXPECT_EQ(source.records.size(), 100U);
    for (const Record& record : source.records) EXPECT_TRUE(same_result(record, honest_record(record.key, kBytes)));
    return ExitCode::done;
  });
}

TEST_P(MpiPool, AStopReachesTrainingThreadsOfAllRanks) {
  const auto endless = [](const TaskKey& key, const StopFlag& stop) -> std::optional<Record> {
    if (key.member < 3) return honest_record(key);
    while (!stop.is_set()) std::this_thread::yield();
    return std::nullopt;
  };
  const ExitCode code = run_everywhere(FunctionEvaluator::factory(endless), options(), [&](Coordinator& coordinator) {
    FakeLog log;
    ListSource source(100, &log);
    FakeEvents events([&] { return source.records.size() >= 3; });
    const PoolResult result = coordinator.run(source, log, events);
    EXPECT_EQ(result.end, PoolEnd::stopped);
    EXPECT_EQ(source.records.size(), 3U);
    return ExitCode::stopped;
  });
  EXPECT_EQ(code, ExitCode::stopped);
}

TEST_P(MpiPool, AnErrorOfTheCoordinatorIsTheExitCodeOfAllRanks) {
  const Comm comm = Comm::world();
  ExitCode code = ExitCode::done;
  try {
    code = run_pool(comm, FunctionEvaluator::factory(honest()), options(),
                    [](Coordinator&) -> ExitCode { throw IoError("disk full"); });
    EXPECT_NE(comm.rank(), 0);
  } catch (const IoError& error) {
    EXPECT_EQ(comm.rank(), 0);
    code = error.exit_code();
  }
  EXPECT_EQ(code, ExitCode::io);
}

TEST_P(MpiPool, AFatalErrorOfTheLastRankIsTheExitCodeOfAllRanks) {
  const Comm comm = Comm::world();
  const EvaluatorFactory factory = [&]() -> std::unique_ptr<Evaluator> {
    if (comm.rank() == comm.size() - 1) throw IoError("no room for scratch files");
    return std::make_unique<FunctionEvaluator>([](const TaskKey& key, const StopFlag& stop) -> std::optional<Record> {
      while (!stop.is_set()) std::this_thread::yield();
      return honest_record(key);
    });
  };
  ExitCode code = ExitCode::done;
  try {
    code = run_pool(comm, factory, options(), [](Coordinator& coordinator) {
      FakeLog log;
      ListSource source(50, &log);
      FakeEvents events;
      coordinator.run(source, log, events);
      return ExitCode::done;
    });
  } catch (const PeerError& error) {
    EXPECT_EQ(comm.rank(), 0);
    EXPECT_NE(std::string(error.what()).find("no room for scratch files"), std::string::npos);
    code = error.exit_code();
  }
  EXPECT_EQ(code, ExitCode::io);
}

TEST_P(MpiPool, PoolsCanFollowOneAnother) {
  for (int round = 0; round < 3; ++round)
    run_everywhere(FunctionEvaluator::factory(honest()), options(), [&](Coordinator& coordinator) {
      FakeLog log;
      ListSource source(20, &log);
      FakeEvents events;
      coordinator.run(source, log, events);
      EXPECT_EQ(source.counts().size(), 20U);
      return ExitCode::done;
    });
}

}  // namespace
}  // namespace jury
