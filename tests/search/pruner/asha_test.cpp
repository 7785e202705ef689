#include "search/pruner/asha.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "search/pruner/pruner_runs.hpp"

namespace jury {
namespace {

TEST(Asha, PromotesOneInEtaAsReportsComeIn) {
  Asha pruner({}, {.trials = 100, .max_resource = 9});
  for (std::int64_t trial = 0; trial < 3; ++trial) EXPECT_EQ(pruner.next(), (TrialStep{trial, 0}));
  report(pruner, {0, 0}, 3);
  report(pruner, {1, 0}, 1);
  EXPECT_EQ(pruner.next(), (TrialStep{3, 0}));  // the best of two is not yet in the best third
  report(pruner, {2, 0}, 2);
  EXPECT_EQ(pruner.next(), (TrialStep{1, 1}));
  EXPECT_EQ(pruner.next(), (TrialStep{4, 0}));
  EXPECT_EQ(pruner.status(0).state, TrialState::paused);
}

TEST(Asha, PromotesFromTheHighestRungFirst) {
  Asha pruner({.eta = 2}, {.trials = 100, .max_resource = 4});
  for (int i = 0; i < 4; ++i) pruner.next();
  for (std::int64_t trial = 0; trial < 4; ++trial) report(pruner, {trial, 0}, static_cast<double>(trial));
  EXPECT_EQ(pruner.next(), (TrialStep{0, 1}));
  EXPECT_EQ(pruner.next(), (TrialStep{1, 1}));
  for (int i = 0; i < 2; ++i) pruner.next();
  for (std::int64_t trial = 4; trial < 6; ++trial) report(pruner, {trial, 0}, static_cast<double>(trial));
  report(pruner, {0, 1}, 5);
  report(pruner, {1, 1}, 4);
  EXPECT_EQ(pruner.next(), (TrialStep{1, 2}));
  EXPECT_EQ(pruner.next(), (TrialStep{2, 1}));
}

TEST(Asha, TrainsTheBestOfTooFewTrialsToTheEnd) {
  Asha pruner({}, {.trials = 2, .max_resource = 81});
  run_alone(pruner, [](const TrialStep& step) { return static_cast<double>(step.trial); });
  EXPECT_EQ(pruner.status(0).state, TrialState::complete);
  EXPECT_EQ(pruner.status(1).rung, 0);
}

TEST(Asha, FindsTheBestOfAHundredWithAThirdOfTheEpochs) {
  // Learning curves that cross and are noisy: value(e) = floor + height e^-rate.
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto curve = [seed](std::int64_t trial, std::int64_t epochs) {
      Rng rng(stream_key(seed, Purpose::sampler, {trial}));
      const double bottom = 0.1 + 0.5 * rng.uniform();
      const double height = 0.5 * rng.uniform();
      const double rate = 0.3 + 0.7 * rng.uniform();
      Rng noise(stream_key(seed, Purpose::noise, {trial, epochs}));
      return bottom + height * std::pow(static_cast<double>(epochs), -rate) + 0.005 * noise.normal();
    };
    double best = 1e9;
    for (std::int64_t trial = 0; trial < 100; ++trial) best = std::min(best, curve(trial, 81));
    Asha pruner({}, {.trials = 300, .max_resource = 81});
    double found = 1e9;
    std::int64_t epochs = 0;
    while (found > best) {
      const auto step = pruner.next();
      ASSERT_TRUE(step) << seed;
      epochs += pruner.resource(step->trial, step->rung) -
                (step->rung > 0 ? pruner.resource(step->trial, step->rung - 1) : 0);
      const double value = curve(step->trial, pruner.resource(step->trial, step->rung));
      if (step->rung + 1 == pruner.num_rungs(step->trial)) found = std::min(found, value);
      report(pruner, *step, value);
    }
    EXPECT_LE(epochs, 8100 / 3) << seed;
  }
}

}  // namespace
}  // namespace jury
