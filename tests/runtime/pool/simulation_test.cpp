#include "runtime/pool/simulation.hpp"

#include <gtest/gtest.h>

#include "fakes.hpp"

namespace jury {
namespace {

constexpr double kFlops = 1e9;

/// Tasks of so many seconds, on a worker that is not slow.
ListSource tasks_of(std::int32_t count, double seconds) {
  return {count, nullptr, [seconds](std::int32_t) { return seconds * kFlops; }};
}

TEST(Simulation, OneWorkerTakesTheSumOfItsTasks) {
  ListSource source(20, nullptr, [](std::int32_t i) { return (1 + i) * kFlops; });
  const SimulationResult result = simulate(source, {.workers = 1, .flops = kFlops});
  EXPECT_EQ(result.num_tasks, 20U);
  EXPECT_NEAR(result.makespan_seconds, 210, 0.1);
  EXPECT_NEAR(result.work_seconds, 210, 1e-6);
  EXPECT_NEAR(result.utilisation, 1, 1e-3);
}

TEST(Simulation, EqualTasksTakeAsManyRoundsAsTheyMustAndNoMore) {
  for (const int workers : {2, 3, 7, 64}) {
    ListSource source = tasks_of(100, 10);
    const SimulationResult result = simulate(source, {.workers = workers, .flops = kFlops});
    const double rounds = (100 + workers - 1) / workers;
    EXPECT_NEAR(result.makespan_seconds, 10 * rounds, 0.15) << workers;
    EXPECT_NEAR(result.utilisation, 100 / (rounds * workers), 0.01) << workers;
  }
}

TEST(Simulation, HeartbeatsChangeTheLoadAndNotTheTime) {
  ListSource with = tasks_of(200, 5), without = tasks_of(200, 5);
  const SimulationResult a = simulate(with, {.workers = 10, .flops = kFlops});
  const SimulationResult b =
      simulate(without, {.workers = 10, .flops = kFlops, .heartbeats = SimulationOptions::Heartbeats::off});
  EXPECT_NEAR(a.makespan_seconds, b.makespan_seconds, 0.1);
  EXPECT_GT(a.coordinator_load, b.coordinator_load);
  EXPECT_NEAR(static_cast<double>(a.num_frames - b.num_frames), 2 * 10 * a.makespan_seconds, 50);
}

TEST(Simulation, TheDeadCostTheirTasksAndEverythingIsDone) {
  ListSource source = tasks_of(1000, 5);
  const SimulationResult result = simulate(source, {.workers = 50, .nodes = 5, .flops = kFlops, .deaths = 0.2});
  EXPECT_TRUE(result.completed);
  EXPECT_EQ(result.num_dead, 10U);
  EXPECT_EQ(source.counts().size(), 1000U);
  EXPECT_EQ(source.records.size(), 1000U);
  EXPECT_GT(result.makespan_seconds, 100);  // what 50 would need
  EXPECT_LT(result.makespan_seconds, 150);
  EXPECT_LT(result.offered_seconds, 50 * result.makespan_seconds);
}

TEST(Simulation, GatewaysSpareTheCoordinatorMailsAndNothingElseChanges) {
  ListSource straight = tasks_of(2000, 5), through = tasks_of(2000, 5);
  const SimulationResult a = simulate(straight, {.workers = 40, .nodes = 4, .flops = kFlops});
  const SimulationResult b = simulate(through, {.workers = 40, .nodes = 4, .gateways_above = 1, .flops = kFlops});
  EXPECT_EQ(through.records.size(), 2000U);
  EXPECT_NEAR(a.makespan_seconds, b.makespan_seconds, 0.5);
  EXPECT_LT(b.num_frames, a.num_frames / 2);
}

TEST(Simulation, WithAGatewayItsGroupIsLostAndOthersDoItsTasks) {
  std::uint64_t num_dead = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    ListSource source = tasks_of(1000, 5);
    const SimulationResult result = simulate(
        source, {.workers = 40, .nodes = 10, .gateways_above = 1, .flops = kFlops, .deaths = 0.1, .seed = seed});
    EXPECT_TRUE(result.completed);
    EXPECT_EQ(source.counts().size(), 1000U);
    EXPECT_EQ(source.records.size(), 1000U);
    num_dead += result.num_dead;
  }
  EXPECT_GT(num_dead, 10 * 4U);  // those that died, and those that heard no more of the coordinator
}

TEST(Simulation, MoreThanHalfOfTheWorkersDeadIsAnEnd) {
  ListSource source = tasks_of(1000, 5);
  EXPECT_FALSE(simulate(source, {.workers = 10, .flops = kFlops, .deaths = 1}).completed);
}

TEST(Simulation, ASlowWorkerGetsFewerTasks) {
  ListSource source = tasks_of(140, 1);
  // Three that do one a second and one that does a third: 140 / (3 + 1/3).
  const SimulationResult result = simulate(source, {.workers = 4, .flops = kFlops, .stragglers = 0.25, .slowdown = 3});
  EXPECT_NEAR(result.makespan_seconds, 42, 3);
}

TEST(Simulation, JitterChangesTheTimesOfTasksAndHardlyTheirSum) {
  ListSource source = tasks_of(1000, 2);
  const SimulationResult result = simulate(source, {.workers = 10, .flops = kFlops, .jitter = 0.5});
  EXPECT_NEAR(result.work_seconds, 2000, 60);
  double least = 9, most = 0;
  for (const Record& record : source.records)
    least = std::min(least, record.seconds), most = std::max(most, record.seconds);
  EXPECT_NEAR(least, 1, 0.02);
  EXPECT_NEAR(most, 3, 0.02);
}

TEST(Simulation, OneSlowWorkerDoesNotEndLongAfterTheOthers) {
  ListSource source(2000, nullptr, [](std::int32_t i) { return (1 + i % 60) * kFlops; });
  const SimulationResult result =
      simulate(source, {.workers = 100, .flops = kFlops, .stragglers = 0.01, .slowdown = 3});
  EXPECT_GE(result.utilisation, 0.97);
}

TEST(Simulation, EqualSeedsGiveEqualNumbersAndOthersOthers) {
  const auto run = [](std::uint64_t seed) {
    ListSource source = tasks_of(500, 3);
    return simulate(source, {.workers = 40, .flops = kFlops, .deaths = 0.1, .stragglers = 0.1, .seed = seed});
  };
  const SimulationResult a = run(1), b = run(1), c = run(2);
  EXPECT_EQ(a.makespan_seconds, b.makespan_seconds);
  EXPECT_EQ(a.num_frames, b.num_frames);
  EXPECT_EQ(a.coordinator_load, b.coordinator_load);
  EXPECT_NE(a.makespan_seconds, c.makespan_seconds);
}

TEST(Simulation, TheCoordinatorsTimeIsWhatItsMessagesAndCommitsCost) {
  ListSource source = tasks_of(100, 10);
  const MessageCosts costs{.receive_seconds = 1e-3,
                           .send_seconds = 1e-3,
                           .poll_seconds = 0,
                           .task_seconds = 2e-3,
                           .commit_seconds = 0,
                           .commit_byte_seconds = 0};
  const SimulationResult result = simulate(
      source, {.workers = 10, .flops = kFlops, .heartbeats = SimulationOptions::Heartbeats::off, .costs = costs});
  // 10 that are ready, 100 dealt, 100 records.
  EXPECT_NEAR(result.coordinator_load * result.makespan_seconds, 0.010 + 0.1 + 0.1 + 0.2, 1e-6);
  EXPECT_EQ(result.num_frames, 210U);
}

TEST(Simulation, RankZeroTrainsWhereItDoesInARun) {
  EXPECT_EQ(training_ranks(1, 0), 1);
  EXPECT_EQ(training_ranks(32, 0), 32);
  EXPECT_EQ(training_ranks(33, 0), 32);
  EXPECT_EQ(training_ranks(32, 0.1), 31);
  EXPECT_EQ(training_ranks(1, 0.1), 1);
}

TEST(Simulation, TheJournalIsTheRealOne) {
  ListSource small = tasks_of(100, 1), large = tasks_of(100, 1);
  const SimulationResult a = simulate(small, {.workers = 10, .flops = kFlops, .payload_bytes = 0});
  const SimulationResult b = simulate(large, {.workers = 10, .flops = kFlops, .payload_bytes = 1000});
  EXPECT_EQ(b.journal_bytes - a.journal_bytes, 100'000U);
  EXPECT_GE(a.num_commits, 10U);
  EXPECT_LE(a.num_commits, 100U);
}

}  // namespace
}  // namespace jury
