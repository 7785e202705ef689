#include "search/pruner/median.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "search/pruner/pruner_runs.hpp"

namespace jury {
namespace {

Median make_median(const PrunerOptions& options, std::int64_t resource = 3) {
  return Median(options, {.trials = 100, .max_resource = resource});
}

TEST(RunningMedian, IsTheMedianOfTheSortedNumbers) {
  Rng rng(1);
  RunningMedian running;
  std::vector<double> sorted;
  for (int i = 0; i < 200; ++i) {
    const auto value = static_cast<double>(rng.below(40));
    running.add(value);
    sorted.insert(std::ranges::upper_bound(sorted, value), value);
    const std::size_t half = sorted.size() / 2;
    EXPECT_EQ(running.median(), sorted.size() % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2);
  }
}

TEST(Median, StopsATrialWhoseBestIsAboveTheMedianOfTheCompleteOnes) {
  Median pruner = make_median({.interval = 1, .startup_trials = 2});
  run_alone(pruner, [&](const TrialStep& step) -> double {
    switch (step.trial) {
      case 0:
        return 10 - step.rung;  // 10 9 8
      case 1:
        return 20 - step.rung;  // 20 19 18: medians 15 14 13
      case 2:
        return 15;  // 15 is not above 15, but above 14
      case 3:
        return step.rung == 0 ? 12 : 99;  // its best stays below the medians
      case 4:
        return 15.5;
      default:
        return kFailed;
    }
  });
  EXPECT_EQ(pruner.status(0).state, TrialState::complete);
  EXPECT_EQ(pruner.status(1).state, TrialState::complete);
  EXPECT_EQ(pruner.status(2).state, TrialState::pruned);
  EXPECT_EQ(pruner.status(2).rung, 1);
  EXPECT_EQ(pruner.status(3).state, TrialState::complete);
  EXPECT_EQ(pruner.status(4).rung, 0);
}

TEST(Median, StopsNoneBeforeTheWarmupNorBeforeEnoughAreComplete) {
  Median pruner = make_median({.interval = 1, .warmup = 2, .startup_trials = 3});
  run_alone(pruner, [](const TrialStep& step) { return static_cast<double>(step.trial); });
  for (std::int64_t trial = 0; trial < 3; ++trial) EXPECT_EQ(pruner.status(trial).state, TrialState::complete);
  EXPECT_EQ(pruner.status(3).state, TrialState::pruned);
  EXPECT_EQ(pruner.status(3).rung, 1);  // resource 2
}

TEST(Median, GoesOnWithATrialBeforeItBeginsAnother) {
  Median pruner = make_median({.interval = 1});
  const TrialStep a = *pruner.next();
  const TrialStep b = *pruner.next();
  report(pruner, b, 1);
  EXPECT_EQ(pruner.next(), (TrialStep{1, 1}));
  report(pruner, a, 1);
  EXPECT_EQ(pruner.next(), (TrialStep{0, 1}));
  EXPECT_EQ(pruner.next(), (TrialStep{2, 0}));
}

TEST(Median, LooksAtTenthsUnlessToldOtherwise) {
  EXPECT_EQ(make_median({}, 50).resource(0, 0), 5);
  EXPECT_EQ(make_median({}, 50).num_rungs(0), 10);
  EXPECT_EQ(make_median({}, 7).num_rungs(0), 7);
  const Median uneven = make_median({.interval = 4}, 10);
  EXPECT_EQ(uneven.num_rungs(0), 3);
  EXPECT_EQ(uneven.resource(0, 2), 10);
}

}  // namespace
}  // namespace jury
