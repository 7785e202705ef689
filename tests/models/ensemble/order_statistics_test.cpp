#include "models/ensemble/order_statistics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "models/ensemble/weighted_combination.hpp"
#include "random_members.hpp"
#include "runtime/base/numbers.hpp"

namespace jury {
namespace {

using testing::ElementsAre;
using testing::NanSensitiveFloatEq;

TEST(Median, OfMeansStandsBesideTheVarianceOfTheMixture) {
  const CombinationShape shape{Outcome::values, 2, 1, ValueKind::means_and_variances};
  const std::vector<float> members = {1, 2, 5, 1, 2, 3, kFloatNaN, kFloatNaN, 9, 4, 5, 1};
  Combination combination(shape);
  for (std::size_t m = 0; m < 3; ++m) combination.add(std::span(members).subspan(4 * m, 4));
  const auto mean = combination.mean(), middle = median(shape, members);
  EXPECT_THAT(middle, ElementsAre(2, mean[1], 5, mean[3]));
  EXPECT_THAT(mean, ElementsAre(4, testing::FloatEq(3 + 38.0F / 3), 5, 1));
}

TEST(Median, OfValuesIsTheMiddleOrTheMeanOfTheMiddleTwo) {
  const CombinationShape shape{Outcome::values, 2, 1};
  EXPECT_THAT(median(shape, std::vector<float>{5, 1, 100, 2, 1, 4}), ElementsAre(5, 2));
  EXPECT_THAT(median(shape, std::vector<float>{5, 1, 100, 2, 1, 4, 7, kFloatNaN}), ElementsAre(6, 2));
  EXPECT_THAT(median(shape, std::vector<float>{kFloatNaN, 1}), ElementsAre(NanSensitiveFloatEq(kFloatNaN), 1));
}

TEST(Median, OfProbabilitiesIsNormalised) {
  const CombinationShape shape{Outcome::classes, 1, 3};
  EXPECT_THAT(median(shape, std::vector<float>{0.5F, 0.25F, 0.25F, 0.25F, 0.25F, 0.5F, 0, 0.5F, 0.5F}),
              ElementsAre(0.25F, 0.25F, 0.5F));
  EXPECT_THAT(median(shape, std::vector<float>{1, 0, 0, 0, 1, 0, 0, 0, 1}), testing::Each(testing::FloatEq(1.0F / 3)))
      << "every median is 0";
}

TEST(TrimmedMean, LeavesOutAsManyAtEitherEndAsTheShareHoldsWhole) {
  const CombinationShape shape{Outcome::values, 1, 1};
  const std::vector<float> members = {5, 100, 1, 2, 3, -100, 4, 6, 7, 8};
  EXPECT_THAT(trimmed_mean(shape, members, 0), ElementsAre(3.6F));
  EXPECT_THAT(trimmed_mean(shape, members, 0.09), ElementsAre(3.6F)) << "0.9 members are none";
  EXPECT_THAT(trimmed_mean(shape, members, 0.1), ElementsAre(4.5F));
  EXPECT_THAT(trimmed_mean(shape, members, 0.3), ElementsAre(4.5F)) << "3, 4, 5, 6";
  EXPECT_THAT(trimmed_mean(shape, members, 0.499), ElementsAre(4.5F)) << "4 and 5";
  EXPECT_THAT(trimmed_mean(shape, std::vector<float>{7}, 0.499), ElementsAre(7)) << "one is always left";
}

// 0.29 * 100 is 28.999999999999996.
TEST(TrimmedMean, CountsWholeMembersInSpiteOfRounding) {
  std::vector<float> members(100, 0);
  members[3] = 1;
  for (std::size_t m = 50; m < 50 + 28; ++m) members[m] = 1000;
  EXPECT_THAT(trimmed_mean({Outcome::values, 1, 1}, members, 0.29), ElementsAre(0))
      << "29 at the upper end: 28 and one 1";
}

TEST(TrimmedMean, CountsOnlyMembersThatPredictedTheRow) {
  const CombinationShape shape{Outcome::values, 2, 1};
  const std::vector<float> members = {1, kFloatNaN, 2, kFloatNaN, 9, kFloatNaN, kFloatNaN, kFloatNaN};
  EXPECT_THAT(trimmed_mean(shape, members, 0.34), ElementsAre(2, NanSensitiveFloatEq(kFloatNaN)));
  EXPECT_THAT(trimmed_mean(shape, members, 0.25), ElementsAre(4, NanSensitiveFloatEq(kFloatNaN)))
      << "0.75 of 3 are none";
}

TEST(TrimmedMean, OfProbabilitiesIsTakenClassByClassAndNormalised) {
  const CombinationShape shape{Outcome::classes, 1, 3};
  const std::vector<float> members = {0.5F, 0.25F, 0.25F, 0.25F, 0.25F, 0.5F, 0, 0.5F, 0.5F};
  EXPECT_THAT(trimmed_mean(shape, members, 0.4), ElementsAre(0.25F, 0.25F, 0.5F)) << "the medians";
  EXPECT_THAT(trimmed_mean(shape, std::vector<float>{1, 0, 0, 0, 1, 0, 0, 0, 1}, 0.4),
              testing::Each(testing::FloatEq(1.0F / 3)))
      << "nothing is left to divide";
}

TEST(TrimmedMean, AgreesWithASecondLook) {
  const CombinationShape shape{Outcome::values, 30, 2};
  const auto members = random_members(11, shape, 21);
  const auto trimmed = trimmed_mean(shape, members, 0.2);
  for (std::size_t cell = 0; cell < 60; ++cell) {
    std::vector<double> said;
    for (std::size_t at = cell; at < members.size(); at += 60)
      if (!std::isnan(members[at])) said.push_back(static_cast<double>(members[at]));
    std::ranges::sort(said);
    const std::size_t cut = said.size() / 5;
    double sum = 0;
    for (std::size_t i = cut; i + cut < said.size(); ++i) sum += said[i];
    EXPECT_FLOAT_EQ(trimmed[cell], static_cast<float>(sum / static_cast<double>(said.size() - 2 * cut)));
  }
}

TEST(TrimmedMean, OfMeansStandsBesideTheVarianceOfTheMixture) {
  const CombinationShape shape{Outcome::values, 1, 1, ValueKind::means_and_variances};
  const std::vector<float> members = {0, 1, 3, 1, 9, 1};
  EXPECT_THAT(trimmed_mean(shape, members, 0.4), ElementsAre(3, 1 + 14)) << "variance of 0, 3, 9 about 4";
}

TEST(WeightedMedian, IsTheLowestPredictionThatHalfOfTheWeightDoesNotExceed) {
  const CombinationShape shape{Outcome::values, 1, 1};
  const std::vector<float> members = {30, 10, 20};
  EXPECT_THAT(weighted_median(shape, members, std::vector<double>{1, 1, 1}), ElementsAre(20));
  EXPECT_THAT(weighted_median(shape, members, std::vector<double>{5, 1, 1}), ElementsAre(30));
  EXPECT_THAT(weighted_median(shape, members, std::vector<double>{1, 1, 0}), ElementsAre(10)) << "never between two";
  EXPECT_THAT(weighted_median(shape, members, std::vector<double>{2, 1, 1}), ElementsAre(20)) << "exactly half";
  EXPECT_THAT(weighted_median(shape, members, std::vector<double>{2.01, 1, 1}), ElementsAre(30));
}

TEST(WeightedMedian, LeavesOutMembersThatDoNotTakePart) {
  const CombinationShape shape{Outcome::values, 2, 1};
  const std::vector<float> members = {1, kFloatNaN, 2, 2, 3, 3};
  EXPECT_THAT(weighted_median(shape, members, std::vector<double>{1, 0, -5}),
              ElementsAre(1, NanSensitiveFloatEq(kFloatNaN)));
  EXPECT_THAT(weighted_median(shape, members, std::vector<double>{1, std::nan(""), 5}), ElementsAre(3, 3));
  EXPECT_THAT(weighted_median(shape, members, std::vector<double>{0, 0, 0}),
              testing::Each(NanSensitiveFloatEq(kFloatNaN)));
  EXPECT_THAT(weighted_median(shape, {}, {}), testing::Each(NanSensitiveFloatEq(kFloatNaN))) << "no member at all";
}

// Every cell minimises the weighted sum of distances, which is what makes it a weighted median.
TEST(WeightedMedian, HasTheLeastWeightedSumOfDistances) {
  const CombinationShape shape{Outcome::values, 20, 2};
  const auto members = random_members(8, shape, 22);
  const std::vector<double> weights = {0.5, 2, 0.1, 1.7, 0, 0.9, 3, 0.3};
  const auto middle = weighted_median(shape, members, weights);
  for (std::size_t cell = 0; cell < 40; ++cell) {
    const auto distance = [&](float from) {
      double sum = 0;
      for (std::size_t m = 0; m < 8; ++m)
        if (const float f = members[m * 40 + cell]; !std::isnan(f))
          sum += weights[m] * std::abs(static_cast<double>(f - from));
      return sum;
    };
    for (std::size_t m = 0; m < 8; ++m) {
      const float f = members[m * 40 + cell];
      if (std::isnan(f)) continue;
      EXPECT_LE(distance(middle[cell]), distance(f) + 1e-12);
    }
  }
}

TEST(WeightedMedian, OfMeansStandsBesideTheVarianceOfTheWeightedMixture) {
  const CombinationShape shape{Outcome::values, 1, 1, ValueKind::means_and_variances};
  const std::vector<float> members = {0, 1, 4, 2, 100, 100};
  EXPECT_THAT(weighted_median(shape, members, std::vector<double>{3, 1, 0}), ElementsAre(0, 1.25F + 3))
      << "mean of the mixture is 1, its variance (3 * 1 + 2) / 4 + (3 * 1 + 9) / 4";
}

#ifdef JURY_CONTRACTS
TEST(OrderStatisticsDeathTest, MembersOfAnotherShapeBreakTheContract) {
  EXPECT_DEATH(median({Outcome::values, 2, 1}, std::vector<float>{1, 2, 3}), "contract broken");
  EXPECT_DEATH(trimmed_mean({Outcome::values, 1, 1}, std::vector<float>{1}, 0.5), "contract broken");
  EXPECT_DEATH(weighted_median({Outcome::values, 1, 1}, std::vector<float>{1, 2}, std::vector<double>{1}),
               "contract broken");
  EXPECT_DEATH(weighted_median({Outcome::classes, 1, 1}, std::vector<float>{1}, std::vector<double>{1}),
               "contract broken");
}
#endif

}  // namespace
}  // namespace jury
