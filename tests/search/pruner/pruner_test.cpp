#include "search/pruner/pruner.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "runtime/base/error.hpp"
#include "search/pruner/pruner_runs.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

std::unique_ptr<Pruner> make(std::string_view method, std::int64_t trials = 50) {
  return make_pruner({.method = std::string(method)}, {.trials = trials, .max_resource = 27, .folds = 5});
}

TEST(Pruners, GiveEveryStepOnceInTheOrderOfItsTrialsRungs) {
  for (const PrunerEntry& line : pruners()) {
    for (const double failing : {0.0, 0.1, 0.5}) {
      const auto pruner = make(line.name);
      std::vector<std::int32_t> rungs(50, 0);
      std::int64_t next_new = 0;
      for (const TrialStep& step : run_alone(*pruner, random_values(3, failing))) {
        if (step.rung == 0) {
          EXPECT_EQ(step.trial, next_new++) << line.name;
        }
        EXPECT_EQ(step.rung, rungs[static_cast<std::size_t>(step.trial)]++) << line.name;
        EXPECT_LT(step.rung, pruner->num_rungs(step.trial)) << line.name;
      }
      EXPECT_EQ(next_new, 50) << line.name;
    }
  }
}

TEST(Pruners, RungsHaveGrowingResourcesAndEndWithEverything) {
  for (const PrunerEntry& line : pruners()) {
    const auto pruner = make(line.name);
    for (std::int64_t trial = 0; trial < 50; ++trial) {  // none is started yet
      std::int64_t before = 0;
      for (std::int32_t rung = 0; rung < pruner->num_rungs(trial); ++rung) {
        EXPECT_LT(before, pruner->resource(trial, rung)) << line.name;
        before = pruner->resource(trial, rung);
      }
      EXPECT_EQ(before, line.name == "race" ? 135 : 27) << line.name;
    }
  }
}

TEST(Pruners, EndWithACompleteTrialUnlessAllFail) {
  for (const PrunerEntry& line : pruners()) {
    for (const std::int64_t trials : {1, 2, 3, 10}) {
      const auto pruner = make(line.name, trials);
      run_alone(*pruner, random_values(5));
      EXPECT_GE(pruner->summary().complete, 1) << line.name << trials;
      EXPECT_EQ(pruner->summary().running, 0) << line.name;
    }
    const auto pruner = make(line.name);
    EXPECT_EQ(run_alone(*pruner, [](const TrialStep&) { return kFailed; }).size(), 50U) << line.name;
    EXPECT_EQ(pruner->summary().failed, 50) << line.name;
  }
}

TEST(Pruners, WithMoreTrialsDecideTheSameUpToTheFirstRefusedOne) {
  for (const PrunerEntry& line : pruners()) {
    if (line.name == "successive_halving") continue;  // its bracket is all trials
    const auto few = make(line.name, 57);             // hyperband: 27, 12, 9, 4 = 52 and the next round
    const auto many = make(line.name, 200);
    const auto few_steps = run_alone(*few, random_values(7, 0.1));
    const auto many_steps = run_alone(*many, random_values(7, 0.1));
    const auto refused = std::ranges::find(many_steps, TrialStep{57, 0}) - many_steps.begin();
    ASSERT_LT(refused, std::ssize(many_steps)) << line.name;
    EXPECT_TRUE(std::equal(many_steps.begin(), many_steps.begin() + refused, few_steps.begin())) << line.name;
  }
}

TEST(Pruners, AnExhaustedSamplerEndsTheSearchAsIfFewerHadBeenAskedFor) {
  for (const PrunerEntry& line : pruners()) {
    if (line.name == "successive_halving") continue;  // its rungs were sized before
    const auto told = make(line.name, 200);
    const auto asked = make(line.name, 20);
    const ValueOf values = random_values(8, 0.1);
    std::vector<TrialStep> steps;
    while (const auto step = told->next()) {
      if (step->trial == 20) {
        told->no_more_trials();
        continue;
      }
      steps.push_back(*step);
      report(*told, *step, values(*step));
    }
    EXPECT_EQ(steps, run_alone(*asked, values)) << line.name;
    EXPECT_EQ(told->num_trials(), 20) << line.name;
  }
}

TEST(Pruners, ManyTrialsAreNoTrouble) {
  for (const PrunerEntry& line : pruners()) {
    const auto pruner = make(line.name, 20000);
    run_alone(*pruner, random_values(9));
    EXPECT_EQ(pruner->num_trials(), 20000) << line.name;
  }
}

TEST(Pruners, NothingReportedIsAFailure) {
  const auto pruner = make("none");
  pruner->report(*pruner->next(), {});
  EXPECT_EQ(pruner->status(0).state, TrialState::failed);
}

TEST(Pruners, AnUnknownMethodIsAConfigErrorWithTheNearest) {
  EXPECT_THAT([] { make("asah"); },
              ThrowsMessage<ConfigError>("search.pruner = \"asah\" is unknown did you mean 'asha'?"));
}

TEST(Pruners, ALowestRungAboveTheWholeIsAConfigError) {
  for (const std::string method : {"asha", "hyperband", "successive_halving", "race"})
    EXPECT_THAT(
        [&] { make_pruner({.method = method, .min_resource = 28}, {.trials = 1, .max_resource = 27, .folds = 2}); },
        ThrowsMessage<ConfigError>(HasSubstr("lowest rung has 28 of only 27 units of epochs")));
}

TEST(GeometricRungs, AreTheWholeDividedByPowersOfEta) {
  EXPECT_THAT(geometric_rungs(81, {}), testing::ElementsAre(1, 3, 9, 27, 81));
  EXPECT_THAT(geometric_rungs(100, {}), testing::ElementsAre(1, 3, 11, 33, 100));
  EXPECT_THAT(geometric_rungs(100, {.min_resource = 4}), testing::ElementsAre(11, 33, 100));
  EXPECT_THAT(geometric_rungs(5, {.eta = 2}), testing::ElementsAre(1, 2, 5));
  EXPECT_THAT(geometric_rungs(1, {}), testing::ElementsAre(1));
}

#ifdef JURY_CONTRACTS
TEST(PrunersDeathTest, ReportingWhatDoesNotRunBreaksTheContract) {
  const auto pruner = make("asha");
  pruner->next();
  EXPECT_DEATH(report(*pruner, {0, 1}, 0), "contract broken");
  EXPECT_DEATH(report(*pruner, {1, 0}, 0), "contract broken");
  report(*pruner, {0, 0}, 0);
  EXPECT_DEATH(report(*pruner, {0, 0}, 0), "contract broken");
  EXPECT_DEATH(pruner->no_more_trials(), "contract broken");
}
#endif

}  // namespace
}  // namespace jury
