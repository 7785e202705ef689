#include "search/sampler/gp_sampler.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "search/sampler/spaces.hpp"
#include "search/sampler/virtual_workers.hpp"

namespace jury {
namespace {

TEST(GpSampler, FindsTheMinimumOfBraninWithinAThousandth) {
  EXPECT_LE(regrets({.method = "gp", .objective = {.function = "branin"}, .trials = 50})[49], 1e-3);
}

TEST(GpSampler, EightWorkersFindTheRightKindOfAMixedSpace) {
  EXPECT_LE(median_regret({.method = "gp", .objective = {.function = "mixed"}, .trials = 50, .workers = 8}, 3, 50),
            0.05);
}

TEST(GpSampler, BeginsWithSobolPoints) {
  const Space space = space_of({{"x", "uniform(0, 1)"}, {"y", "uniform(0, 1)"}});
  const auto sampler = make_sampler({.method = "gp"}, space, 3);
  SobolSequence sequence = sobol_sequence(space, 3);
  for (std::int64_t trial = 0; trial < 4; ++trial) {
    const auto point = sampler->ask(trial);
    EXPECT_EQ(space.unit_vector(*point, 0), sequence.next());
    sampler->tell(trial, *point, static_cast<double>(trial));
  }
}

// A parabola with noise as large as its depth around the minimum: proposals still come to lie near it.
TEST(GpSampler, BearsNoise) {
  const Space space = space_of({{"x", "uniform(0, 1)"}});
  const auto sampler = make_sampler({.method = "gp"}, space, 1);
  Rng rng(5);
  double last = 0;
  for (std::int64_t trial = 0; trial < 30; ++trial) {
    const auto point = sampler->ask(trial);
    const double x = point->settings[0].unit;
    sampler->tell(trial, *point, 4 * (x - 0.7) * (x - 0.7) + 0.1 * rng.normal());
    if (trial >= 20) last += x / 10;
  }
  EXPECT_NEAR(last, 0.7, 0.15);
}

TEST(GpSampler, PendingTrialsSpreadOut) {
  const Space space = space_of({{"x", "uniform(0, 1)"}});
  const auto sampler = make_sampler({.method = "gp"}, space, 1);
  for (std::int64_t trial = 0; trial < 8; ++trial) {
    const double x = (static_cast<double>(trial) + 0.5) / 8;
    sampler->tell(trial, space.assign(std::vector<double>{x}), (x - 0.4) * (x - 0.4));
  }
  std::vector<double> pending;
  for (std::int64_t trial = 8; trial < 12; ++trial) {
    const double x = sampler->ask(trial)->settings[0].unit;
    for (const double other : pending) EXPECT_GT(std::abs(x - other), 1e-4);
    pending.push_back(x);
  }
}

TEST(GpSampler, KeepsAwayFromWhereTrialsFail) {
  const Space space = space_of({{"x", "uniform(0, 1)"}});
  const auto sampler = make_sampler({.method = "gp"}, space, 1);
  // Better to the left, but below 1/2 all fail.
  int failed = 0;
  for (std::int64_t trial = 0; trial < 24; ++trial) {
    const auto point = sampler->ask(trial);
    const double x = point->settings[0].unit;
    if (trial >= 12 && x < 0.45) ++failed;
    sampler->tell(trial, *point, x < 0.5 ? std::nan("") : x);
  }
  EXPECT_LE(failed, 3);
}

TEST(GpSampler, KeepsTheBestAndTheNewestTrialsOfMany) {
  SearchOptions options{.method = "gp"};
  options.gp.most_trials = 16;
  const Space space = space_of({{"x", "uniform(0, 1)"}});
  const auto sampler = make_sampler(options, space, 1);
  for (std::int64_t trial = 0; trial < 40; ++trial) {
    const double x = (static_cast<double>(trial) + 0.5) / 40;
    sampler->tell(trial, space.assign(std::vector<double>{x}), std::abs(x - 0.2));
  }
  EXPECT_NEAR(sampler->ask(40)->settings[0].unit, 0.2, 0.05);
}

}  // namespace
}  // namespace jury
