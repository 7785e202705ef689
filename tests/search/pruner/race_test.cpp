#include "search/pruner/race.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/base/error.hpp"
#include "search/pruner/pruner_runs.hpp"

namespace jury {
namespace {

TEST(Race, DropsATrialOnceItIsProvenWorseThanTheBest) {
  Race pruner({.method = "race"}, {.trials = 5, .folds = 10});
  run_alone(pruner, [](const TrialStep& step) {
    const double noise = 0.01 * static_cast<double>((step.trial * 7 + step.rung * 3) % 5);
    return (step.trial == 2 ? 0.5 : step.trial == 3 ? 0.51 : 1.0) + noise;
  });
  EXPECT_EQ(pruner.status(0).state, TrialState::complete);
  EXPECT_EQ(pruner.status(1).state, TrialState::complete);  // no worse than 0
  EXPECT_EQ(pruner.status(2).state, TrialState::complete);
  EXPECT_EQ(pruner.status(4).state, TrialState::pruned);
  EXPECT_EQ(pruner.status(4).rung, 2);  // three folds
}

TEST(Race, ComparesFoldByFoldWithTheBestCompleteTrial) {
  std::vector<std::vector<double>> seen;
  const DropTest test = [&](const ComparedFolds& folds) {
    std::vector<double> line;
    for (std::size_t f = 0; f < folds.trial.size(); ++f) {
      EXPECT_EQ(folds.trial[f].size(), 3U);
      line.push_back(folds.trial[f][0]);
      line.push_back(folds.best[f][0]);
    }
    seen.push_back(line);
    return false;
  };
  Race pruner({.method = "race"}, {.trials = 4, .folds = 2, .drop_test = test});
  const std::vector<std::vector<double>> values{{5, 5}, {1, 8}, {8, 1}, {6, 6}};  // 1 and 2 tie: the lower stays best
  while (const auto step = pruner.next()) {
    const std::vector<double> reported{
        values[static_cast<std::size_t>(step->trial)][static_cast<std::size_t>(step->rung)], 0, 0};
    pruner.report(*step, reported);
  }
  EXPECT_THAT(seen,
              testing::ElementsAre(testing::ElementsAre(1, 5), testing::ElementsAre(8, 1), testing::ElementsAre(6, 1)));
}

TEST(Race, ClimbsTheFirstFoldInRungsOfAsha) {
  Race pruner({.method = "race"}, {.trials = 30, .max_resource = 9, .folds = 3});
  EXPECT_EQ(pruner.num_rungs(0), 5);
  EXPECT_EQ(pruner.resource(0, 0), 1);
  EXPECT_EQ(pruner.resource(0, 2), 9);
  EXPECT_EQ(pruner.resource(0, 4), 27);
  EXPECT_EQ(pruner.fold(0), 0);
  EXPECT_EQ(pruner.fold(2), 0);
  EXPECT_EQ(pruner.fold(4), 2);
  for (std::int64_t trial = 0; trial < 3; ++trial) pruner.next();
  for (std::int64_t trial = 0; trial < 3; ++trial) report(pruner, {trial, 0}, static_cast<double>(trial));
  EXPECT_EQ(pruner.next(), (TrialStep{0, 1}));
  EXPECT_EQ(pruner.next(), (TrialStep{3, 0}));
}

TEST(Race, SavesFoldsAndKeepsTheBest) {
  std::int64_t folds_run = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Race pruner({.method = "race"}, {.trials = 50, .folds = 10});
    const auto value = [seed](const TrialStep& step) {
      Rng trial(stream_key(seed, Purpose::sampler, {step.trial}));
      Rng fold(stream_key(seed, Purpose::split, {step.rung}));
      Rng both(stream_key(seed, Purpose::noise, {step.trial, step.rung}));
      return trial.uniform() + 0.3 * fold.normal() + 0.05 * both.normal();
    };
    folds_run += static_cast<std::int64_t>(run_alone(pruner, value).size());
    std::int64_t best = 0;
    double best_mean = 1e9;
    for (std::int64_t trial = 0; trial < 50; ++trial) {
      double mean = 0;
      for (std::int32_t fold = 0; fold < 10; ++fold) mean += value({trial, fold}) / 10;
      if (mean >= best_mean) continue;
      best = trial;
      best_mean = mean;
    }
    EXPECT_EQ(pruner.status(best).state, TrialState::complete) << seed;
  }
  EXPECT_LT(folds_run, 20 * 50 * 10 / 2);
}

TEST(Race, OverOneFoldIsAConfigError) {
  EXPECT_THAT([] { make_pruner({.method = "race"}, {.trials = 5}); },
              testing::ThrowsMessage<ConfigError>(testing::HasSubstr("has 1 fold to race over")));
}

}  // namespace
}  // namespace jury
