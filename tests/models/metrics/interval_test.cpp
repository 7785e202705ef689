#include "models/metrics/interval.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "runtime/base/rng.hpp"

namespace jury {
namespace {

std::vector<double> normal_losses(std::size_t n, std::uint64_t key) {
  Rng rng(key);
  std::vector<double> losses(n);
  for (double& loss : losses) loss = 5 + rng.normal();
  return losses;
}

TEST(BootstrapInterval, IsAboutTwoStandardErrorsToEachSide) {
  const std::vector<double> losses = normal_losses(400, 1);
  const MeanError mean = mean_over_folds(losses);
  const Interval interval = bootstrap_interval(losses, {}, 2);
  EXPECT_NEAR(interval.low, mean.mean - 1.96 * mean.standard_error, 0.2 * mean.standard_error);
  EXPECT_NEAR(interval.high, mean.mean + 1.96 * mean.standard_error, 0.2 * mean.standard_error);
}

// 200 data sets of 100 rows: the 95 % interval holds the true mean 5 in about 190 of them; 180 to 199
// is within 3.2 binomial deviations.
TEST(BootstrapInterval, CoversTheMeanAsOftenAsItSays) {
  int covered = 0;
  for (std::uint64_t data = 0; data < 200; ++data) {
    const Interval interval = bootstrap_interval(normal_losses(100, 1000 + data), {}, data, {.resamples = 200});
    covered += interval.low <= 5 && 5 <= interval.high ? 1 : 0;
  }
  EXPECT_GE(covered, 180);
  EXPECT_LE(covered, 199);
}

TEST(BootstrapInterval, IsTheSameForTheSameKey) {
  const std::vector<double> losses = normal_losses(50, 3);
  const Interval a = bootstrap_interval(losses, {}, 7);
  const Interval b = bootstrap_interval(losses, {}, 7);
  const Interval c = bootstrap_interval(losses, {}, 8);
  EXPECT_EQ(a.low, b.low);
  EXPECT_EQ(a.high, b.high);
  EXPECT_NE(a.low, c.low);
}

TEST(BootstrapInterval, WidensWithTheLevel) {
  const std::vector<double> losses = normal_losses(50, 4);
  const Interval narrow = bootstrap_interval(losses, {}, 7, {.level = 0.5});
  const Interval wide = bootstrap_interval(losses, {}, 7, {.level = 0.99});
  EXPECT_LT(wide.low, narrow.low);
  EXPECT_GT(wide.high, narrow.high);
}

TEST(BootstrapInterval, LeavesOutRowsThatWereNotPredictedOrWeighNothing) {
  const std::vector<double> all = {1, std::nan(""), 2, 99, 4};
  const std::vector<float> weights = {1, 1, 1, 0, 1};
  const std::vector<double> kept = {1, 2, 4};
  const Interval a = bootstrap_interval(all, weights, 7);
  const Interval b = bootstrap_interval(kept, {}, 7);
  EXPECT_EQ(a.low, b.low);
  EXPECT_EQ(a.high, b.high);
}

TEST(BootstrapInterval, OfEqualLossesIsThatLoss) {
  const std::vector<double> losses(5, 0.25);
  const std::vector<float> weights = {1, 2, 3, 4, 5};
  const Interval interval = bootstrap_interval(losses, weights, 7);
  EXPECT_EQ(interval.low, 0.25);
  EXPECT_EQ(interval.high, 0.25);
}

TEST(BootstrapInterval, OfNothingOrWithoutResamplesIsNaN) {
  const std::vector<double> nothing = {std::nan("")};
  EXPECT_TRUE(std::isnan(bootstrap_interval({}, {}, 7).low));
  EXPECT_TRUE(std::isnan(bootstrap_interval(nothing, {}, 7).high));
  EXPECT_TRUE(std::isnan(bootstrap_interval(normal_losses(9, 1), {}, 7, {.resamples = 0}).low));
}

TEST(MeanOverFolds, KnownAnswer) {
  const std::vector<double> folds = {1, 2, std::nan(""), 3, 4};
  const MeanError mean = mean_over_folds(folds);
  EXPECT_DOUBLE_EQ(mean.mean, 2.5);
  EXPECT_DOUBLE_EQ(mean.standard_error, std::sqrt(5.0 / 3 / 4));
  EXPECT_EQ(mean.count, 4U);
}

TEST(MeanOverFolds, OfOneFoldHasNoErrorAndOfNoneNoMean) {
  const std::vector<double> one = {3};
  EXPECT_EQ(mean_over_folds(one).mean, 3);
  EXPECT_TRUE(std::isnan(mean_over_folds(one).standard_error));
  EXPECT_TRUE(std::isnan(mean_over_folds({}).mean));
  EXPECT_EQ(mean_over_folds({}).count, 0U);
}

#ifdef JURY_CONTRACTS
TEST(BootstrapIntervalDeathTest, ALevelOfOneBreaksTheContract) {
  const std::vector<double> losses = {1};
  EXPECT_DEATH(bootstrap_interval(losses, {}, 7, {.level = 1}), "contract broken");
}
#endif

}  // namespace
}  // namespace jury
