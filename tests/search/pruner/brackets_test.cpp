#include "search/pruner/brackets.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <numeric>

#include "search/pruner/pruner_runs.hpp"

namespace jury {
namespace {

using testing::ElementsAre;

// Number of steps of each bracket at each resource.
std::map<std::int64_t, std::map<std::int64_t, std::int64_t>> steps_by_bracket(Pruner& pruner, const ValueOf& values) {
  std::map<std::int64_t, std::map<std::int64_t, std::int64_t>> counts;
  for (const TrialStep& step : run_alone(pruner, values))
    ++counts[pruner.bracket(step.trial)][pruner.resource(step.trial, step.rung)];
  return counts;
}

TEST(Hyperband, HasThePublishedBrackets) {  // Li et al. 2018, Table 1: R = 81, eta = 3
  EXPECT_THAT(
      hyperband_brackets(81, {}),
      ElementsAre(BracketPlan{{81, 27, 9, 3, 1}, {1, 3, 9, 27, 81}}, BracketPlan{{34, 11, 3, 1}, {3, 9, 27, 81}},
                  BracketPlan{{15, 5, 1}, {9, 27, 81}}, BracketPlan{{8, 2}, {27, 81}}, BracketPlan{{5}, {81}}));
}

TEST(Hyperband, TrainsWhatIsPublished) {
  Hyperband pruner({}, {.trials = 143, .max_resource = 81});
  EXPECT_THAT(
      steps_by_bracket(pruner, random_values(1)),
      ElementsAre(testing::Pair(0, std::map<std::int64_t, std::int64_t>{{1, 81}, {3, 27}, {9, 9}, {27, 3}, {81, 1}}),
                  testing::Pair(1, std::map<std::int64_t, std::int64_t>{{3, 34}, {9, 11}, {27, 3}, {81, 1}}),
                  testing::Pair(2, std::map<std::int64_t, std::int64_t>{{9, 15}, {27, 5}, {81, 1}}),
                  testing::Pair(3, std::map<std::int64_t, std::int64_t>{{27, 8}, {81, 2}}),
                  testing::Pair(4, std::map<std::int64_t, std::int64_t>{{81, 5}})));
}

TEST(Hyperband, BeginsAnewAndCutsTheLastBracket) {
  Hyperband pruner({}, {.trials = 143 + 81 + 10, .max_resource = 81});
  const auto counts = steps_by_bracket(pruner, random_values(2));
  EXPECT_EQ(counts.at(5), (std::map<std::int64_t, std::int64_t>{{1, 81}, {3, 27}, {9, 9}, {27, 3}, {81, 1}}));
  EXPECT_EQ(counts.at(6), (std::map<std::int64_t, std::int64_t>{{3, 10}, {9, 3}, {27, 1}, {81, 1}}));
  EXPECT_EQ(counts.size(), 7U);
}

TEST(Hyperband, WhatABracketKeepsDoesNotDependOnTheOtherTrialsOrTheOrderOfReports) {
  const ValueOf values = random_values(3, 0.05);
  Hyperband alone({}, {.trials = 143, .max_resource = 81});
  run_alone(alone, values);
  Hyperband crowded({}, {.trials = 143, .max_resource = 81});
  std::vector<TrialStep> running;
  Rng rng(4);
  for (;;) {
    while (running.size() < 40) {
      const auto step = crowded.next();
      if (!step) break;
      running.push_back(*step);
    }
    if (running.empty()) break;
    std::swap(running[rng.below(running.size())], running.back());
    report(crowded, running.back(), values(running.back()));
    running.pop_back();
  }
  for (std::int64_t trial = 0; trial < 143; ++trial) {
    EXPECT_EQ(alone.status(trial).state, crowded.status(trial).state);
    EXPECT_EQ(alone.status(trial).rung, crowded.status(trial).rung);
  }
}

TEST(SuccessiveHalving, KeepsTheBestOfEachRungTiesToTheLowerTrial) {
  SuccessiveHalving pruner({}, {.trials = 9, .max_resource = 9});
  const std::vector<double> values{5, 1, 7, 1, 9, 8, 1, 1, 6};
  const auto steps =
      run_alone(pruner, [&](const TrialStep& step) { return values[static_cast<std::size_t>(step.trial)]; });
  EXPECT_THAT(std::vector(steps.begin() + 9, steps.end()),
              ElementsAre(TrialStep{1, 1}, TrialStep{3, 1}, TrialStep{6, 1}, TrialStep{1, 2}));
  EXPECT_EQ(pruner.status(7).state, TrialState::pruned);
}

TEST(SuccessiveHalving, WaitsForTheWholeRung) {
  SuccessiveHalving pruner({}, {.trials = 3, .max_resource = 3});
  for (int i = 0; i < 3; ++i) pruner.next();
  report(pruner, {2, 0}, 1);
  report(pruner, {0, 0}, 2);
  EXPECT_FALSE(pruner.next());
  EXPECT_EQ(pruner.status(0).state, TrialState::paused);
  report(pruner, {1, 0}, kFailed);
  EXPECT_EQ(pruner.next(), (TrialStep{2, 1}));
  EXPECT_EQ(pruner.status(0).state, TrialState::pruned);
}

TEST(SuccessiveHalving, AFailedTrialIsNeverKept) {
  SuccessiveHalving pruner({}, {.trials = 9, .max_resource = 9});
  run_alone(pruner, [](const TrialStep& step) { return step.trial < 7 ? kFailed : 1; });
  EXPECT_EQ(pruner.status(7).state, TrialState::complete);
  EXPECT_EQ(pruner.status(8).rung, 1);
}

TEST(SuccessiveHalving, HalvesWhatTheSamplerHad) {
  SuccessiveHalving pruner({}, {.trials = 81, .max_resource = 9});
  for (int i = 0; i < 7; ++i) pruner.next();
  for (std::int64_t i = 0; i < 7; ++i) report(pruner, {i, 0}, static_cast<double>(i));
  EXPECT_EQ(pruner.next(), (TrialStep{7, 0}));
  pruner.no_more_trials();
  EXPECT_EQ(pruner.next(), (TrialStep{0, 1}));
  EXPECT_EQ(pruner.next(), (TrialStep{1, 1}));
  EXPECT_FALSE(pruner.next());
}

}  // namespace
}  // namespace jury
