#include "search/sampler/tpe_sampler.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <vector>

#include "search/sampler/spaces.hpp"
#include "search/sampler/virtual_workers.hpp"

namespace jury {
namespace {

Space square() { return space_of({{"x", "uniform(0, 1)"}, {"y", "uniform(0, 1)"}}); }

Assignment at(const Space& space, double x, double y) { return space.assign(std::vector<double>{x, y}); }

// Share of 40 first proposals with x below 1/2, each of a sampler of its own after `tell` was called with it.
double share_on_the_left(const std::function<void(Sampler&)>& tell, const SearchOptions& options = {}) {
  int left = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const auto sampler = make_sampler(options, square(), seed);
    tell(*sampler);
    left += sampler->ask(1000)->settings[0].unit < 0.5 ? 1 : 0;
  }
  return left / 40.0;
}

// Ten trials with x on a grid, worse the further right.
void slope(Sampler& sampler, double fidelity, double sign = 1) {
  for (std::int64_t i = 0; i < 10; ++i)
    sampler.tell(i, at(sampler.space(), 0.05 + 0.1 * static_cast<double>(i), 0.5), sign * static_cast<double>(i),
                 fidelity);
}

TEST(TpeSampler, FindsTheMinimaOfBraninAndBeatsRandomSearch) {
  const SimulatedSearch search{.method = "tpe", .objective = {.function = "branin"}};
  const double after25 = median_regret(search, 5, 25);
  const double after50 = median_regret(search, 5, 50);
  EXPECT_LE(after25, 2);
  EXPECT_LE(after50, 0.5);
  const SimulatedSearch random{.method = "random", .objective = {.function = "branin"}};
  EXPECT_LT(after25, median_regret(random, 5, 25));
  EXPECT_LT(after50, median_regret(random, 5, 50));
}

TEST(TpeSampler, EightWorkersLoseAtMostAFactorFour) {
  const SimulatedSearch alone{.method = "tpe", .objective = {.function = "branin"}};
  const SimulatedSearch eight{.method = "tpe", .objective = {.function = "branin"}, .workers = 8};
  EXPECT_LE(median_regret(eight, 21, 50), 4 * median_regret(alone, 21, 50));
  EXPECT_LE(median_regret(eight, 5, 50), 0.5);
}

TEST(TpeSampler, ProposesWhereGoodTrialsAre) {
  EXPECT_GT(share_on_the_left([](Sampler& sampler) { slope(sampler, 1); }), 0.7);
  EXPECT_LT(share_on_the_left([](Sampler& sampler) { slope(sampler, 1, -1); }), 0.3);
}

TEST(TpeSampler, FailedTrialsAreBad) {
  const auto fail = [](Sampler& sampler) {
    for (std::int64_t i = 0; i < 20; ++i) {
      const double x = (static_cast<double>(i) + 0.5) / 20;
      sampler.tell(i, at(sampler.space(), x, 0.5), x < 0.5 ? std::nan("") : 1.0);
    }
  };
  EXPECT_LT(share_on_the_left(fail), 0.3);
}

TEST(TpeSampler, GoesByTheHighestFidelityThatHasEnoughTrials) {
  const auto told = [](std::int64_t num_high) {
    return [num_high](Sampler& sampler) {
      slope(sampler, 1);  // low fidelities say left, high ones right
      for (std::int64_t i = 0; i < num_high; ++i)
        sampler.tell(20 + i, at(sampler.space(), 0.1 + 0.8 * static_cast<double>(i) / 9, 0.4), -static_cast<double>(i),
                     9);
    };
  };
  EXPECT_GT(share_on_the_left(told(4)), 0.7);  // 2 parameters + 3 are enough
  EXPECT_LT(share_on_the_left(told(10)), 0.3);
}

TEST(TpeSampler, KeepsAwayFromPendingTrials) {
  const auto sampler = make_sampler({}, square(), 5);
  slope(*sampler, 1);
  std::vector<double> x;
  for (std::int64_t trial = 100; trial < 116; ++trial) x.push_back(sampler->ask(trial)->settings[0].unit);
  double left = 0;
  double right = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    left += x[i] / 4;
    right += x[12 + i] / 4;
  }
  EXPECT_GT(right, left);  // those that are pending on the left push the later ones out
}

TEST(TpeSampler, SomeProposalsAreRandomWhereAskedFor) {
  const auto tell = [](Sampler& sampler) { slope(sampler, 1); };
  EXPECT_NEAR(share_on_the_left(tell, {.tpe = {.random_fraction = 1}}), 0.5, 0.2);
}

// Two objectives, both least at x = 0 and x = 1/4: the front lies between them.
TEST(TpeSampler, WithSeveralObjectivesProposesAlongTheFront) {
  const auto tell = [](Sampler& sampler) {
    for (std::int64_t i = 0; i < 30; ++i) {
      const double x = (static_cast<double>(i) + 0.5) / 30;
      const std::vector<double> values = {x * x, (x - 0.25) * (x - 0.25)};
      sampler.tell(i, at(sampler.space(), x, 0.5), values);
    }
  };
  EXPECT_GT(share_on_the_left(tell), 0.8);
}

}  // namespace
}  // namespace jury
