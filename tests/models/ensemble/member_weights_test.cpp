#include "models/ensemble/member_weights.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "runtime/base/numbers.hpp"

namespace jury {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;

std::vector<double> weights_of_classes(std::vector<HeldOutScore> scores, std::size_t num_classes) {
  return weights_from_scores(Outcome::classes, scores, num_classes);
}

std::vector<double> weights_of_values(std::vector<HeldOutScore> scores) {
  return weights_from_scores(Outcome::values, scores);
}

TEST(MemberWeights, OfClassesAreTheLogOddsOfBeingRight) {
  EXPECT_THAT(weights_of_classes({{0.75, 8}}, 2), ElementsAre(DoubleNear(std::log(7.0 / 3), 1e-12)))
      << "6 of 8, one more of each";
  EXPECT_THAT(weights_of_classes({{0.5, 8}, {0.75, 8}}, 3),
              ElementsAre(DoubleNear(std::log(5.0 / 6 * 2), 1e-12), DoubleNear(std::log(7.0 / 4 * 2), 1e-12)));
}

TEST(MemberWeights, OfClassesAreThoseOfTheTheoryWithManyRows) {
  for (const double p : {0.4, 0.6, 0.9, 0.99})
    EXPECT_NEAR(weights_of_classes({{p, 1000000000}}, 4)[0], std::log(p / (1 - p)) + std::log(3), 1e-6);
}

TEST(MemberWeights, OfChanceAndWorseAreZero) {
  for (const std::size_t classes : {2U, 3U, 7U, 10U})
    for (const std::size_t rows : {7U, 21U, 1000U}) {
      const double chance = 1 / static_cast<double>(classes);
      const auto weights = weights_of_classes({{chance, rows}, {chance * 0.9, rows}, {0, rows}, {0.99, rows}}, classes);
      EXPECT_THAT(weights, ElementsAre(0, 0, 0, testing::Gt(0))) << classes << " classes, " << rows << " rows";
    }
}

TEST(MemberWeights, AreFiniteForAMemberThatIsAlwaysRightAndLargerWithMoreRows) {
  const auto weights = weights_of_classes({{1, 1}, {1, 10}, {1, 1000}}, 2);
  EXPECT_THAT(weights, testing::Pointwise(DoubleNear(1e-9), {std::log(2), std::log(11), std::log(1001)}));
}

TEST(MemberWeights, OfValuesAreInverseErrors) {
  const auto weights = weights_of_values({{1, 1000000}, {4, 1000000}, {2, 1000000}});
  EXPECT_NEAR(weights[0] / weights[1], 4, 1e-4);
  EXPECT_NEAR(weights[0] / weights[2], 2, 1e-4);
}

TEST(MemberWeights, OfValuesAreSmoothedByOneRowOfThePooledError) {
  const auto weights = weights_of_values({{0, 3}, {4, 1}});
  EXPECT_THAT(weights, ElementsAre(4, DoubleNear(2.0 / 5, 1e-12))) << "pooled error 1: 1 / (1 / 4) and 1 / (5 / 2)";
}

TEST(MemberWeights, OfValuesDoNotDependOnTheUnit) {
  const auto small = weights_of_values({{1, 10}, {3, 7}, {2, 8}}),
             large = weights_of_values({{1e12, 10}, {3e12, 7}, {2e12, 8}});
  for (std::size_t m = 0; m < 3; ++m) EXPECT_NEAR(small[m], large[m], 1e-12);
  EXPECT_THAT(weights_of_values({{5, 10}, {5, 20}}), ElementsAre(DoubleNear(1, 1e-12), DoubleNear(1, 1e-12)));
}

TEST(MemberWeights, WithoutAScoreThereIsNone) {
  EXPECT_THAT(weights_of_classes({{0.9, 0}, {kNaN, 10}, {0.9, 10}}, 2), ElementsAre(0, 0, testing::Gt(0)));
  EXPECT_THAT(weights_of_values({{1, 0}, {kNaN, 10}, {kInfinity, 10}, {1, 10}}),
              ElementsAre(0, 0, 0, DoubleNear(1, 1e-12)));
}

TEST(MemberWeights, AreEqualWhenNothingTellsMembersApart) {
  EXPECT_THAT(weights_of_classes({{0.2, 10}, {0.1, 10}, {kNaN, 10}}, 2), ElementsAre(1, 1, 0))
      << "all worse than chance";
  EXPECT_THAT(weights_of_classes({{kNaN, 0}, {kNaN, 0}}, 2), ElementsAre(1, 1)) << "no score at all";
  EXPECT_THAT(weights_of_classes({{1, 10}, {1, 20}}, 1), ElementsAre(1, 1)) << "one class";
  EXPECT_THAT(weights_of_values({{0, 10}, {0, 20}}), ElementsAre(1, 1)) << "no error at all";
  EXPECT_TRUE(weights_of_values({}).empty());
}

#ifdef JURY_CONTRACTS
TEST(MemberWeightsDeathTest, AnAccuracyAboveOneBreaksTheContract) {
  EXPECT_DEATH(weights_of_classes({{1.5, 10}}, 2), "contract broken");
  EXPECT_DEATH(weights_of_values({{-1, 10}}), "contract broken");
}
#endif

}  // namespace
}  // namespace jury
