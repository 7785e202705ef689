#include "models/ensemble/conformal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "runtime/base/error.hpp"
#include "runtime/base/numbers.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

using testing::ElementsAre;

Truth of_classes(const std::vector<std::int32_t>& labels, std::size_t num_classes) {
  return {.outcome = Outcome::classes, .num_outputs = num_classes, .labels = labels};
}

Truth of_values(const std::vector<double>& values, ValueKind kind = ValueKind::values) {
  return {.outcome = Outcome::values, .num_outputs = 1, .values = values, .kind = kind};
}

TEST(ConformalQuantile, IsTheScoreOfTheFiniteSampleRank) {
  std::vector<double> scores(99);
  std::iota(scores.rbegin(), scores.rend(), 1.0);
  EXPECT_EQ(conformal_quantile(scores, 0.1), 90);
  EXPECT_EQ(conformal_quantile(scores, 0.29), 71) << "100 * 0.29 is less than 29 in double";
  EXPECT_EQ(conformal_quantile(scores, 0.7), 30) << "1 - 0.7 is more than 0.3 in double";
  EXPECT_EQ(conformal_quantile(scores, 0.105), 90);
  EXPECT_EQ(conformal_quantile(scores, 0.01), 99);
  EXPECT_EQ(conformal_quantile(scores, 0.009), kInfinity);
  EXPECT_EQ(conformal_quantile(scores, 0.999), 1);
}

TEST(ConformalQuantile, OfTooFewScoresIsInfinite) {
  EXPECT_EQ(conformal_quantile({}, 0.5), kInfinity);
  EXPECT_EQ(conformal_quantile(std::vector<double>{3}, 0.5), 3);
  EXPECT_EQ(conformal_quantile(std::vector<double>{3}, 0.49), kInfinity);
  EXPECT_EQ(conformal_quantile(std::vector<double>{3, std::nan("")}, 0.4), kInfinity) << "NaN is no score";
}

TEST(SplitConformal, OfAbsoluteResidualsHasOneWidth) {
  const std::vector<double> values = {1, 2, 3, 4};
  const SplitConformal conformal(of_values(values), std::vector<float>{0, 4, 3, kFloatNaN}, {.alpha = 0.5});
  EXPECT_THAT(conformal.thresholds(), ElementsAre(1)) << "residuals 0, 1, 2; the second of them";
  const auto intervals = conformal.intervals(std::vector<float>{10, kFloatNaN});
  EXPECT_EQ(intervals[0].low, 9);
  EXPECT_EQ(intervals[0].high, 11);
  EXPECT_TRUE(std::isnan(intervals[1].low) && std::isnan(intervals[1].high));
}

TEST(SplitConformal, NormalisedIsAsWideAsTheModelIsUnsure) {
  const std::vector<double> values = {1, 6, 0};
  const Truth truth = of_values(values, ValueKind::means_and_variances);
  const std::vector<float> f = {0, 1, 0, 4, 0, 9};  // normalised residuals 1, 3, 0
  const SplitConformal conformal(truth, f, {.score = ConformalScore::normalised, .alpha = 0.25});
  EXPECT_THAT(conformal.thresholds(), ElementsAre(3));
  const auto intervals = conformal.intervals(std::vector<float>{0, 4});
  EXPECT_EQ(intervals[0].low, -6);
  EXPECT_EQ(intervals[0].high, 6);
  const SplitConformal absolute(truth, f, {.alpha = 0.25});
  EXPECT_THAT(absolute.thresholds(), ElementsAre(6)) << "the variances are not looked at";
  EXPECT_EQ(absolute.intervals(std::vector<float>{0, 4})[0].high, 6);
}

TEST(SplitConformal, EachTargetHasItsOwnWidth) {
  const std::vector<double> values = {1, 10, 2, 20, 3, 30};
  const Truth truth{.outcome = Outcome::values, .num_outputs = 2, .values = values};
  const SplitConformal conformal(truth, std::vector<float>(6), {.alpha = 0.5});
  EXPECT_THAT(conformal.thresholds(), ElementsAre(2, 20));
}

TEST(SplitConformal, TooFewRowsPromiseNothing) {
  const std::vector<double> values = {1};
  const SplitConformal conformal(of_values(values), std::vector<float>{1}, {.alpha = 0.1});
  const auto intervals = conformal.intervals(std::vector<float>{5});
  EXPECT_EQ(intervals[0].low, -kInfinity);
  EXPECT_EQ(intervals[0].high, kInfinity);
  const std::vector<std::int32_t> labels = {0};
  const SplitConformal sets(of_classes(labels, 2), std::vector<float>{1, 0},
                            {.score = ConformalScore::lac, .alpha = 0.1});
  EXPECT_THAT(sets.sets(std::vector<float>{1, 0}), ElementsAre(1, 1));
}

TEST(SplitConformal, LacSetsHoldTheClassesAboveOneThreshold) {
  const std::vector<std::int32_t> labels = {0, 1, 2};
  const std::vector<float> p = {0.75F, 0.25F, 0, 0.25F, 0.5F, 0.25F, 0.5F, 0.25F, 0.25F};  // scores 0.25, 0.5, 0.75
  const SplitConformal conformal(of_classes(labels, 3), p, {.score = ConformalScore::lac, .alpha = 0.5});
  EXPECT_THAT(conformal.thresholds(), ElementsAre(0.5));
  EXPECT_THAT(conformal.sets(std::vector<float>{0.5F, 0.5F, 0, 0.375F, 0.375F, 0.25F, kFloatNaN, 0, 0}),
              ElementsAre(1, 1, 0, 0, 0, 0, -1, -1, -1))
      << "two classes, none, not predicted";
}

TEST(SplitConformal, ApsSetsHoldTheMostProbableClassesUntilTheySumToTheThreshold) {
  const std::vector<std::int32_t> labels = {0, 1, 0};
  const std::vector<float> p = {0.5F, 0.25F, 0.25F, 0.125F, 0.625F, 0.25F, 0.25F, 0.5F, 0.25F};  // 0, 0, 0.5
  const SplitConformal conformal(of_classes(labels, 3), p, {.score = ConformalScore::aps, .alpha = 0.25});
  EXPECT_THAT(conformal.thresholds(), ElementsAre(0.5)) << "the tie of 0 and 2 goes to the lower class";
  EXPECT_THAT(conformal.sets(std::vector<float>{0.25F, 0.25F, 0.5F, 0.875F, 0.125F, 0, 0.375F, 0.25F, 0.375F}),
              ElementsAre(1, 0, 1, 1, 0, 0, 1, 0, 1));
}

// A rank k = ceil((n + 1)(1 - alpha)) covers (n + 1)-th rows with probability k / (n + 1) = 0.9. Over 500
// calibrations with 20 new rows each the share has a deviation of about 0.0035: bounds are four of them.
TEST(SplitConformal, CoversNewRowsAsPromised) {
  for (const auto score : {ConformalScore::absolute, ConformalScore::normalised}) {
    std::size_t covered = 0, count = 0;
    for (std::uint64_t study = 0; study < 500; ++study) {
      Rng rng(study);
      std::vector<double> values;
      std::vector<float> f;
      for (int row = 0; row < 119; ++row) {
        const double x = rng.uniform();
        values.push_back(x + (0.1 + x) * rng.normal());
        f.insert(f.end(), {static_cast<float>(0.9 * x), static_cast<float>(x * x + 0.1)});
      }
      const std::vector<double> first(values.begin(), values.begin() + 99), second(values.begin() + 99, values.end());
      const SplitConformal conformal(of_values(first, ValueKind::means_and_variances), std::span(f).first(198),
                                     {.score = score, .alpha = 0.1});
      const Coverage coverage =
          coverage_of_intervals(of_values(second), conformal.intervals(std::span(f).subspan(198)));
      covered += static_cast<std::size_t>(std::lround(coverage.coverage * 20));
      count += coverage.count;
    }
    ASSERT_EQ(count, 10000U);
    EXPECT_NEAR(static_cast<double>(covered) / 10000, 0.9, 0.014);
  }
}

TEST(SplitConformal, SetsCoverNewRowsAsPromised) {
  for (const auto score : {ConformalScore::lac, ConformalScore::aps}) {
    double covered = 0;
    for (std::uint64_t study = 0; study < 400; ++study) {
      Rng rng(study);
      std::vector<std::int32_t> labels;
      std::vector<float> p;
      for (int row = 0; row < 119; ++row) {
        const double a = rng.uniform(), b = (1 - a) * rng.uniform(), at = rng.uniform();
        labels.push_back(at < a ? 0 : at < a + b ? 1 : 2);
        p.insert(p.end(),
                 {static_cast<float>(0.5 * a), static_cast<float>(0.5 * a + b), static_cast<float>(1 - a - b)});
      }
      const std::vector<std::int32_t> first(labels.begin(), labels.begin() + 99),
          second(labels.begin() + 99, labels.end());
      const SplitConformal conformal(of_classes(first, 3), std::span(p).first(297), {.score = score, .alpha = 0.1});
      covered += 20 * coverage_of_sets(of_classes(second, 3), conformal.sets(std::span(p).subspan(297))).coverage;
    }
    EXPECT_NEAR(covered / 8000, 0.9, 0.016);
  }
}

TEST(Coverage, IsTheShareThatHoldsTheTruthAndTheMeanSize) {
  const std::vector<double> values = {0, 1, 2};
  const double nan = std::nan("");
  const Coverage of_intervals =
      coverage_of_intervals(of_values(values), std::vector<Interval>{{-1, 1}, {2, 6}, {nan, nan}});
  EXPECT_EQ(of_intervals.count, 2U);
  EXPECT_EQ(of_intervals.coverage, 0.5);
  EXPECT_EQ(of_intervals.mean_size, 3);
  const std::vector<std::int32_t> labels = {0, 1, 0};
  const Coverage of_sets = coverage_of_sets(of_classes(labels, 2), std::vector<std::int8_t>{1, 1, 0, 0, -1, -1});
  EXPECT_EQ(of_sets.count, 2U);
  EXPECT_EQ(of_sets.coverage, 0.5);
  EXPECT_EQ(of_sets.mean_size, 1);
  EXPECT_TRUE(std::isnan(coverage_of_sets(of_classes({}, 2), {}).coverage));
}

TEST(SplitConformal, KnownThresholdsMakeTheSameIntervalsAndSets) {
  const std::vector<double> values = {0, 1, 3};
  const std::vector<std::int32_t> labels = {0, 1, 0};
  const std::vector<float> f = {0.5F, 1.25F, 2}, p = {0.75F, 0.25F, 0.5F, 0.5F, 0.125F, 0.875F};
  const SplitConformal of_f(of_values(values), f, {.alpha = 0.4}),
      of_p(of_classes(labels, 2), p, {.score = ConformalScore::lac, .alpha = 0.4});
  const SplitConformal again_f(ConformalScore::absolute, {.outcome = Outcome::values, .num_outputs = 1},
                               {of_f.thresholds()[0]});
  const SplitConformal again_p(ConformalScore::lac, {.num_outputs = 2}, {of_p.thresholds()[0]});
  EXPECT_EQ(again_p.sets(p), of_p.sets(p));
  for (std::size_t i = 0; i < f.size(); ++i) {
    EXPECT_EQ(again_f.intervals(f)[i].low, of_f.intervals(f)[i].low);
    EXPECT_EQ(again_f.intervals(f)[i].high, of_f.intervals(f)[i].high);
  }
}

TEST(SplitConformal, ScoresThatDoNotSuitAreRefused) {
  const std::vector<double> values = {1};
  const std::vector<std::int32_t> labels = {0};
  const std::vector<float> f = {1};
  EXPECT_THROW(SplitConformal(of_values(values), f, {.score = ConformalScore::aps}), ConfigError);
  EXPECT_THROW(SplitConformal(of_classes(labels, 1), f, {.score = ConformalScore::absolute}), ConfigError);
  EXPECT_THROW(SplitConformal(of_values(values), f, {.score = ConformalScore::normalised}), ConfigError);
}

}  // namespace
}  // namespace jury
