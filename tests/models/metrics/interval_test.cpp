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

// Rows of values 0 .. n - 1, predicted with normal errors.
struct Scored {
  std::vector<double> values;
  std::vector<float> predictions;
  std::vector<float> weights;

  Truth truth() const { return {.outcome = Outcome::values, .num_outputs = 1, .values = values, .weights = weights}; }
};

Scored scored_rows(std::size_t n, std::uint64_t key) {
  Rng rng(key);
  Scored rows;
  for (std::size_t i = 0; i < n; ++i) {
    rows.values.push_back(rng.normal());
    rows.predictions.push_back(static_cast<float>(rows.values.back() + 0.5 * rng.normal()));
  }
  return rows;
}

// The same draws of the same rows: of a mean over rows the two functions differ by rounding alone.
TEST(BootstrapMetricInterval, OfAMeanIsThatOfItsLosses) {
  Scored rows = scored_rows(60, 5);
  for (std::size_t i = 0; i < 60; ++i) rows.weights.push_back(static_cast<float>(i % 3));
  std::vector<double> losses;
  for (std::size_t i = 0; i < 60; ++i) {
    const double error = static_cast<double>(rows.predictions[i]) - rows.values[i];
    losses.push_back(error * error);
  }
  const Interval a = bootstrap_metric_interval(find_metric("mse"), rows.truth(), rows.predictions, 7);
  const Interval b = bootstrap_interval(losses, rows.weights, 7);
  EXPECT_NEAR(a.low, b.low, 1e-12);
  EXPECT_NEAR(a.high, b.high, 1e-12);
  const Interval root = bootstrap_metric_interval(find_metric("rmse"), rows.truth(), rows.predictions, 7);
  EXPECT_NEAR(root.low * root.low, a.low, 2e-3 * a.low);  // quantiles between two resamples are linear in other units
}

// r2 is 1 - 0.25 in the long run; 100 data sets of 80 rows, of which the 95 % interval should hold it about 95 times:
// 87 and more are within 3.7 binomial deviations.
TEST(BootstrapMetricInterval, CoversR2AsOftenAsItSays) {
  int covered = 0;
  for (std::uint64_t data = 0; data < 100; ++data) {
    const Scored rows = scored_rows(80, 100 + data);
    const Interval i =
        bootstrap_metric_interval(find_metric("r2"), rows.truth(), rows.predictions, data, {.resamples = 200});
    covered += i.low <= 0.75 && 0.75 <= i.high ? 1 : 0;
  }
  EXPECT_GE(covered, 87);
}

// What was not predicted, or weighs nothing, is as if it were not there.
TEST(BootstrapMetricInterval, LeavesOutRowsThatDoNotCount) {
  const std::vector<std::int32_t> labels = {0, 1, 0, 1, 1, 0}, kept_labels = {0, 1, 0, 1};
  const std::vector<float> weights = {1, 1, 1, 2, 0, 1}, kept_weights = {1, 1, 1, 2};
  const std::vector<float> p = {0.9F, 0.1F, 0.3F, 0.7F, 0.4F, 0.6F, 0.2F, 0.8F, 0.9F, 0.1F, std::nanf(""), 0.5F};
  const Truth truth{.outcome = Outcome::classes, .num_outputs = 2, .labels = labels, .weights = weights};
  const Truth kept{.outcome = Outcome::classes, .num_outputs = 2, .labels = kept_labels, .weights = kept_weights};
  for (const char* name : {"balanced_accuracy", "ece", "log_loss"}) {
    const Interval a = bootstrap_metric_interval(find_metric(name), truth, p, 3);
    const Interval b = bootstrap_metric_interval(find_metric(name), kept, Predictions(p).first(8), 3);
    EXPECT_EQ(a.low, b.low) << name;
    EXPECT_EQ(a.high, b.high) << name;
    EXPECT_LT(a.low, a.high) << name;
  }
}

TEST(BootstrapMetricInterval, WithoutAScoreIsNaN) {
  const Scored one = scored_rows(1, 1);
  EXPECT_TRUE(std::isnan(bootstrap_metric_interval(find_metric("r2"), one.truth(), one.predictions, 3).low));
  EXPECT_FALSE(std::isnan(bootstrap_metric_interval(find_metric("mse"), one.truth(), one.predictions, 3).low));
  const Scored none;
  EXPECT_TRUE(std::isnan(bootstrap_metric_interval(find_metric("mse"), none.truth(), {}, 3).high));
  const Scored some = scored_rows(9, 1);
  EXPECT_TRUE(std::isnan(
      bootstrap_metric_interval(find_metric("mse"), some.truth(), some.predictions, 3, {.resamples = 0}).low));
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
