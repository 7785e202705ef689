#include "search/importance/fanova.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "runtime/base/numbers.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

struct Trials {
  std::vector<double> points = {}, values = {};
  std::size_t num_params = 0;
  ImportanceInput input() const { return {.points = points, .values = values, .num_params = num_params}; }
};

Trials trials_of(std::size_t n, std::size_t num_params, const std::function<double(std::span<double>)>& f) {
  Trials trials{.num_params = num_params};
  Rng rng(1);
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<double> x(num_params);
    for (double& each : x) each = rng.uniform();
    trials.values.push_back(f(x));
    trials.points.insert(trials.points.end(), x.begin(), x.end());
  }
  return trials;
}

TEST(Fanova, GivesTheSharesOfAnAdditiveFunction) {
  // Variances 16 / 12, 4 / 12 and 0: shares 0.8, 0.2, 0. A large offset changes nothing.
  const Trials trials = trials_of(500, 3, [](std::span<double> x) { return 1e6 + 4 * x[0] - 2 * x[1]; });
  const Importance importance = fanova(trials.input());
  EXPECT_NEAR(importance.alone[0], 0.8, 0.03);
  EXPECT_NEAR(importance.alone[1], 0.2, 0.03);
  EXPECT_NEAR(importance.alone[2], 0, 0.01);
  for (const double pair : importance.pairs) EXPECT_LT(pair, 0.02);
}

TEST(Fanova, GivesTheShareOfAnInteraction) {
  // (x - 1/2)(y - 1/2) has no main effect: its variance 1/144 is all interaction.
  const Trials trials = trials_of(1000, 3, [](std::span<double> x) { return (x[0] - 0.5) * (x[2] - 0.5); });
  const Importance importance = fanova(trials.input());
  EXPECT_GT(importance.pairs[2], 0.85);
  EXPECT_EQ(importance.pairs[2], importance.pairs[6]);
  EXPECT_LT(importance.alone[0] + importance.alone[1] + importance.alone[2], 0.1);
}

TEST(Fanova, IsNearTheSobolIndicesOfIshigami) {
  // Ishigami and Homma 1990, a = 7, b = 0.1 on [-pi, pi]^3: S1 = 0.3139, S2 = 0.4424, S3 = 0, S13 = 0.2437.
  const Trials trials = trials_of(2000, 3, [](std::span<double> u) {
    const auto x = [&](std::size_t k) { return (2 * u[k] - 1) * std::acos(-1.0); };
    return std::sin(x(0)) + 7 * std::pow(std::sin(x(1)), 2) + 0.1 * std::pow(x(2), 4) * std::sin(x(0));
  });
  const Importance importance = fanova(trials.input(), {.trees = 16});
  EXPECT_NEAR(importance.alone[0], 0.3139, 0.04);
  EXPECT_NEAR(importance.alone[1], 0.4424,
              0.1);  // greedy trees blur two periods: scikit-learn's, integrated at random, give
  EXPECT_NEAR(importance.alone[0], 0.292, 0.02);  // 0.292, 0.341 and 0.010
  EXPECT_NEAR(importance.alone[1], 0.341, 0.03);
  EXPECT_NEAR(importance.alone[2], 0.010, 0.01);
  EXPECT_NEAR(importance.pairs[2], 0.2437, 0.04);
}

TEST(Fanova, SharesSumToAtMostOne) {
  const Trials trials = trials_of(100, 4, [rng = Rng(2)](std::span<double>) mutable { return rng.uniform(); });
  const Importance importance = fanova(trials.input());
  const double alone = std::accumulate(importance.alone.begin(), importance.alone.end(), 0.0);
  const double pairs = std::accumulate(importance.pairs.begin(), importance.pairs.end(), 0.0) / 2;
  EXPECT_LE(alone + pairs, 1 + 1e-9);
  EXPECT_GT(importance.alone_sd[0], 0);
}

TEST(Fanova, BeingInactiveIsAValueOfItsOwn) {
  // y is active for half of the trials; there the value is 1 + y, else 0: variance of the mixture is 1 / 24 + 9 / 16.
  const Trials trials = trials_of(600, 2, [](std::span<double> x) {
    if (x[0] < 0.5) return 1 + x[1];
    x[1] = kNaN;
    return 0.0;
  });
  const Importance importance = fanova(trials.input());
  EXPECT_GT(importance.alone[1] + importance.alone[0] + importance.pairs[1], 0.99);
  // The same without the switch: all is y's.
  Trials only_y = trials;
  only_y.num_params = 1;
  only_y.points.clear();
  for (std::size_t i = 1; i < trials.points.size(); i += 2) only_y.points.push_back(trials.points[i]);
  EXPECT_NEAR(fanova(only_y.input()).alone[0], 1, 1e-9);
}

TEST(Fanova, LeavesFailedTrialsOutAndIsZeroWithoutVariance) {
  Trials trials = trials_of(200, 2, [](std::span<double> x) { return x[0]; });
  const Importance before = fanova(trials.input());
  trials.points.insert(trials.points.end(), {0.5, 0.5, 0.1, 0.1});
  trials.values.insert(trials.values.end(), {kNaN, std::numeric_limits<double>::infinity()});
  EXPECT_EQ(fanova(trials.input()).alone, before.alone);
  const Trials flat = trials_of(50, 2, [](std::span<double>) { return 3.0; });
  EXPECT_THAT(fanova(flat.input()).alone, testing::ElementsAre(0, 0));
  EXPECT_THAT(fanova({.num_params = 2}).alone, testing::ElementsAre(0, 0));
  const Trials never = trials_of(50, 2, [](std::span<double> x) {
    const double y = x[0];
    x[1] = kNaN;
    return y;
  });
  EXPECT_NEAR(fanova(never.input()).alone[1], 0, 1e-12);
}

TEST(Fanova, EqualInputGivesEqualBits) {
  const Trials trials = trials_of(100, 3, [](std::span<double> x) { return x[0] * x[1]; });
  EXPECT_EQ(fanova(trials.input()).pairs, fanova(trials.input()).pairs);
  EXPECT_NE(fanova(trials.input()).pairs, fanova(trials.input(), {.seed = 1}).pairs);
}

}  // namespace
}  // namespace jury
