#include "tools/command/simulated_tasks.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "runtime/pool/simulation.hpp"

namespace jury {
namespace {

constexpr double kFlops = 1e9;

TEST(MadeUpTasks, AreAsManyAndAsLongAsIsSaid) {
  const std::vector<ReadyTask> tasks = made_up_tasks(1000, 1, 60, kFlops, 1);
  ASSERT_EQ(tasks.size(), 1000U);
  double sum = 0;
  for (const ReadyTask& task : tasks) {
    EXPECT_GE(task.cost, 1 * kFlops);
    EXPECT_LE(task.cost, 60 * kFlops);
    sum += task.cost / kFlops / 1000;
  }
  EXPECT_NEAR(sum, 30.5, 2);
  EXPECT_NE(made_up_tasks(2, 1, 60, kFlops, 2)[0].cost, tasks[0].cost);
}

TEST(AlikeTrials, SoManyAreUnderWayAtOnceAndTheRestFollowsTheLast) {
  // 8 trials of 5 fits of a second, two at once, then 3 fits of 10 s.
  AlikeTrials trials({.fits = 5, .flops = 5 * kFlops, .rest = 3, .rest_flops = 30 * kFlops}, 8, 2);
  EXPECT_EQ(trials.num_tasks(), 43U);
  AlikeTrials few = trials;
  const SimulationResult one =
      simulate(few, {.workers = 1, .flops = kFlops, .heartbeats = SimulationOptions::Heartbeats::off});
  EXPECT_EQ(one.num_tasks, 43U);
  EXPECT_NEAR(one.makespan_seconds, 8 * 5 + 30, 0.5);
  // However many workers: four rounds, and the rest.
  const SimulationResult many =
      simulate(trials, {.workers = 50, .flops = kFlops, .heartbeats = SimulationOptions::Heartbeats::off});
  EXPECT_NEAR(many.makespan_seconds, 4 + 10, 0.5);
}

}  // namespace
}  // namespace jury
