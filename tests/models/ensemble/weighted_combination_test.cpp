#include "models/ensemble/weighted_combination.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "random_members.hpp"
#include "runtime/base/numbers.hpp"

namespace jury {
namespace {

using testing::ElementsAre;
using testing::NanSensitiveFloatEq;

class WeightedCombinationLaws : public testing::TestWithParam<CombinationShape> {};

TEST_P(WeightedCombinationLaws, WeightsOfOneGiveTheBitsOfTheUnweighted) {
  const CombinationShape shape = GetParam();
  const auto members = random_members(9, shape, 1);
  Combination plain(shape);
  WeightedCombination weighted(shape);
  for (std::size_t m = 0; m < 9; ++m) {
    plain.add(member_of(members, shape, m));
    weighted.add(member_of(members, shape, m), 1);
  }
  EXPECT_THAT(weighted.mean(), testing::Pointwise(NanSensitiveFloatEq(), plain.mean()));
  EXPECT_THAT(weighted.vote_share(), testing::Pointwise(NanSensitiveFloatEq(), plain.vote_share()));
  const auto a = weighted.mean(), b = plain.mean();
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_TRUE(a[i] == b[i] || std::isnan(a[i]));
}

// A member of weight 3 is three members.
TEST_P(WeightedCombinationLaws, WholeWeightsAreRepeatedMembers) {
  const CombinationShape shape = GetParam();
  const auto members = random_members(6, shape, 2);
  Combination repeated(shape);
  WeightedCombination weighted(shape);
  for (std::size_t m = 0; m < 6; ++m) {
    weighted.add(member_of(members, shape, m), static_cast<double>(m));
    for (std::size_t i = 0; i < m; ++i) repeated.add(member_of(members, shape, m));
  }
  const auto mean = weighted.mean(), expected = repeated.mean();
  for (std::size_t i = 0; i < mean.size(); ++i) {
    ASSERT_EQ(std::isnan(mean[i]), std::isnan(expected[i]));
    if (std::isnan(mean[i])) continue;
    EXPECT_NEAR(mean[i], expected[i], 1e-6);
  }
  EXPECT_THAT(weighted.vote_share(), testing::Pointwise(NanSensitiveFloatEq(), repeated.vote_share()));
}

TEST_P(WeightedCombinationLaws, TheScaleOfTheWeightsDoesNotMatter) {
  const CombinationShape shape = GetParam();
  const auto members = random_members(6, shape, 3);
  WeightedCombination one(shape), other(shape);
  for (std::size_t m = 0; m < 6; ++m) {
    const double weight = 0.1 + 0.37 * static_cast<double>(m);
    one.add(member_of(members, shape, m), weight);
    other.add(member_of(members, shape, m), weight * 1024);
  }
  EXPECT_THAT(other.mean(), testing::Pointwise(NanSensitiveFloatEq(), one.mean()));
  EXPECT_THAT(other.vote_share(), testing::Pointwise(NanSensitiveFloatEq(), one.vote_share()));
}

INSTANTIATE_TEST_SUITE_P(Shapes, WeightedCombinationLaws,
                         testing::Values(CombinationShape{Outcome::classes, 20, 3},
                                         CombinationShape{Outcome::classes, 5, 1},
                                         CombinationShape{Outcome::values, 20, 2},
                                         CombinationShape{Outcome::values, 20, 2, ValueKind::means_and_variances}));

TEST(WeightedCombination, WeighsMeansAndVotes) {
  WeightedCombination combination({Outcome::classes, 1, 2});
  combination.add(std::vector<float>{0.75F, 0.25F}, 1);
  combination.add(std::vector<float>{0.25F, 0.75F}, 3);
  EXPECT_THAT(combination.mean(), ElementsAre(0.375F, 0.625F));
  EXPECT_THAT(combination.vote_share(), ElementsAre(0.25F, 0.75F));
  EXPECT_THAT(combination.votes(), ElementsAre(1, 3));
  EXPECT_THAT(combination.totals(), ElementsAre(4));
}

TEST(WeightedCombination, MembersWithoutAPositiveWeightHaveNoPart) {
  WeightedCombination combination({Outcome::classes, 2, 2});
  combination.add(std::vector<float>{1, 0, 1, 0}, 0);
  combination.add(std::vector<float>{1, 0, 1, 0}, -1);
  combination.add(std::vector<float>{1, 0, 1, 0}, std::nan(""));
  EXPECT_THAT(combination.mean(), testing::Each(NanSensitiveFloatEq(kFloatNaN)));
  EXPECT_THAT(combination.vote_share(), testing::Each(NanSensitiveFloatEq(kFloatNaN)));
  combination.add(std::vector<float>{kFloatNaN, kFloatNaN, 0.5F, 0.5F}, 0.5);
  EXPECT_THAT(combination.mean(),
              ElementsAre(NanSensitiveFloatEq(kFloatNaN), NanSensitiveFloatEq(kFloatNaN), 0.5F, 0.5F));
}

TEST(WeightedCombination, EqualSumsTieAndGoToTheLowestClass) {
  WeightedCombination combination({Outcome::classes, 1, 3});
  combination.add(std::vector<float>{0, 0, 1}, 0.5);
  combination.add(std::vector<float>{0, 1, 0}, 0.25);
  combination.add(std::vector<float>{0, 1, 0}, 0.25);
  EXPECT_THAT(labels_of(combination.vote_share(), 3), ElementsAre(1));
}

// As doubles 0.1 + 0.2 > 0.3, as float32 shares they are equal.
TEST(WeightedCombination, SumsThatDifferOnlyAsDoublesDoNotTie) {
  WeightedCombination combination({Outcome::classes, 1, 2});
  combination.add(std::vector<float>{1, 0}, 0.3);
  combination.add(std::vector<float>{0, 1}, 0.1);
  combination.add(std::vector<float>{0, 1}, 0.2);
  EXPECT_THAT(combination.vote_share(), ElementsAre(0.5F, std::nextafter(0.5F, 1.0F)));
  EXPECT_THAT(labels_of(combination.vote_share(), 2), ElementsAre(1));
}

TEST(WeightedCombination, OfNormalsIsTheirMixture) {
  WeightedCombination combination({Outcome::values, 1, 1, ValueKind::means_and_variances});
  combination.add(std::vector<float>{0, 1}, 3);
  combination.add(std::vector<float>{4, 2}, 1);
  EXPECT_THAT(combination.mean(), ElementsAre(1, 1.25F + 3));
}

// E m^2 - (E m)^2 in double would leave 2 of these digits.
TEST(WeightedCombination, KeepsItsDigitsBesideALargeMean) {
  WeightedCombination combination({Outcome::values, 1, 1, ValueKind::means_and_variances});
  combination.add(std::vector<float>{16777214, 1}, 0.125);
  combination.add(std::vector<float>{16777215, 1}, 0.125);
  EXPECT_THAT(combination.mean(), testing::Contains(1.25F));
}

#ifdef JURY_CONTRACTS
TEST(WeightedCombinationDeathTest, AnInfiniteWeightBreaksTheContract) {
  WeightedCombination combination({Outcome::values, 1, 1});
  EXPECT_DEATH(combination.add(std::vector<float>{1}, std::numeric_limits<double>::infinity()), "contract broken");
  EXPECT_DEATH(combination.add(std::vector<float>{1, 2}, 1), "contract broken");
}
#endif

}  // namespace
}  // namespace jury
