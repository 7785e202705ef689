#include "models/ensemble/enough_members.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "runtime/base/numbers.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

using testing::ElementsAre;

// How many equal members it takes; 1,000 when they are never enough.
std::size_t needed(const CombinationShape& shape, const EnoughOptions& options, const std::vector<float>& member) {
  EnoughMembers members(shape, options);
  while (!members.enough() && members.num_members() < 1000) members.add(member);
  return members.num_members();
}

TEST(EnoughMembers, UnanimousVotesStopAtTheDerivedNumber) {
  const std::vector<float> two = {0.9F, 0.1F, 0.4F, 0.6F}, three = {0.8F, 0.1F, 0.1F};
  EXPECT_EQ(needed({Outcome::classes, 2, 2}, {.tolerance = 0.01}, two), 11U) << "4095 / 12 >= 200 > 2047 / 11";
  EXPECT_EQ(needed({Outcome::classes, 1, 3}, {.tolerance = 0.01}, three), 12U) << "8191 / 13 >= 400 > 4095 / 12";
  EXPECT_EQ(needed({Outcome::classes, 2, 2}, {.tolerance = 1}, two), 2U) << "7 / 3 >= 2 > 3 / 2";
  EXPECT_EQ(needed({Outcome::classes, 2, 1}, {.tolerance = 0.01}, {1, 1}), 2U) << "one class: at least two members";
}

TEST(EnoughMembers, MeanProbabilitiesOfUnanimousMembersStopSoonerTheSurerTheyAre) {
  const EnoughOptions options{.tolerance = 0.01, .label = LabelRule::mean};
  const std::size_t sure = needed({Outcome::classes, 1, 2}, options, {1, 0});
  const std::size_t unsure = needed({Outcome::classes, 1, 2}, options, {0.6F, 0.4F});
  // Guesses of 1/2, 3/4, 5/6... err by 1 / (2 t): v = sum 1 / (4 t^2) = 0.396, and exp(0.95 * 17/2 - 2.046 v) / 8 and
  // the other bets are 206 >= 200.
  EXPECT_EQ(sure, 17U);
  EXPECT_GT(unsure, 3 * sure);
  EXPECT_LT(unsure, 120U);
}

TEST(EnoughMembers, IdenticalValuesStopAtFive) {
  EXPECT_EQ(needed({Outcome::values, 2, 1}, {.tolerance = 1e-6, .deviations = {1}}, {3, 4}), 5U);
  EXPECT_EQ(
      needed({Outcome::values, 1, 1, ValueKind::means_and_variances}, {.tolerance = 1e-6, .deviations = {1}}, {3, 4}),
      5U);
}

TEST(EnoughMembers, ARowIsDecidedOnceAndCountsAsUndecidedWhileAnotherClassLeads) {
  EnoughMembers members({Outcome::classes, 1, 2}, {.tolerance = 0.5});
  for (int i = 0; i < 5; ++i) members.add(std::vector<float>{1, 0});
  EXPECT_THAT(members.decided(), ElementsAre(0)) << "31 / 5 >= 4 at the fourth";
  EXPECT_EQ(members.gap(), 0);
  EXPECT_TRUE(members.enough());
  for (int i = 0; i < 6; ++i) members.add(std::vector<float>{0, 1});
  EXPECT_THAT(members.decided(), ElementsAre(0));
  EXPECT_EQ(members.gap(), 1);
  EXPECT_FALSE(members.enough());
}

TEST(EnoughMembers, AShareOfHalfTheToleranceMayStayUndecided) {
  // Nine rows are clear, the tenth is torn.
  EnoughMembers strict({Outcome::classes, 10, 2}, {.tolerance = 0.19}),
      lenient({Outcome::classes, 10, 2}, {.tolerance = 0.2});
  for (int i = 0; i < 40; ++i) {
    std::vector<float> p(20);
    for (std::size_t row = 0; row < 10; ++row) p[2 * row + (row == 9 && i % 2 == 0 ? 1 : 0)] = 1;
    strict.add(p);
    lenient.add(p);
  }
  EXPECT_DOUBLE_EQ(strict.gap(), 0.1);
  EXPECT_FALSE(strict.enough());
  EXPECT_TRUE(lenient.enough());
  EXPECT_EQ(lenient.limit(), 0.1);
}

TEST(EnoughMembers, EachRowHasItsOwnCountOfMembers) {
  EnoughMembers votes({Outcome::classes, 2, 2}, {.tolerance = 0.01});
  EnoughMembers values({Outcome::values, 2, 1}, {.tolerance = 0.01, .deviations = {1}});
  for (int i = 0; i < 12; ++i) {
    votes.add(std::vector<float>{1, 0, i % 3 == 0 ? 1 : kFloatNaN, 0});
    values.add(std::vector<float>{1, i % 3 == 0 ? 1 : kFloatNaN});
  }
  EXPECT_THAT(votes.decided(), ElementsAre(0, -1));
  EXPECT_EQ(votes.gap(), 0.5);
  EXPECT_EQ(values.gap(), kInfinity) << "four members are too few";
  values.add(std::vector<float>{1, 1});
  EXPECT_EQ(values.gap(), 0);
}

TEST(EnoughMembers, TheGapOfValuesIsTheRootMeanSquareHalfWidthInDeviations) {
  EnoughMembers members({Outcome::values, 2, 2}, {.tolerance = 0.5, .deviations = {2, 10}});
  for (int i = 0; i < 50; ++i) {
    const float sign = i % 2 == 0 ? 1.0F : -1.0F;
    members.add(std::vector<float>{sign, 5, 3 * sign, 100 + 10 * sign});
  }
  const double unit = mean_half_width(50, std::sqrt(50.0 / 49));
  EXPECT_NEAR(members.gap(), unit * std::sqrt((0.25 + 0 + 2.25 + 1) / 4), 1e-9);
  EXPECT_EQ(members.limit(), 0.5);
  EXPECT_TRUE(members.enough());
}

TEST(EnoughMembers, NoisyMembersNeedMoreTheLowerTheTolerance) {
  std::size_t before = 0;
  for (const double tolerance : {0.5, 0.2, 0.1}) {
    Rng rng(1);
    EnoughMembers members({Outcome::values, 20, 1}, {.tolerance = tolerance, .deviations = {1}});
    while (!members.enough()) {
      std::vector<float> f(20);
      for (float& value : f) value = static_cast<float>(rng.normal());
      members.add(f);
    }
    EXPECT_GT(members.num_members(), before);
    before = members.num_members();
  }
  EXPECT_LT(before, 1300U) << "half-width 0.1 is reached near 1,100 at deviation 1";
}

// Rows whose true margins are small, watched for 2,000 members: the share that is ever decided against the label of
// endless members is at most alpha = tolerance / 2 in expectation. In practice it is well below: no slack is needed.
struct Law {
  const char* name;
  LabelRule label;
  std::size_t num_classes;
  std::function<void(Rng&, double margin, std::span<float> p)> draw;  // class 1 leads by the margin
};

void PrintTo(const Law& law, std::ostream* out) { *out << law.name; }

class EnoughMembersLaws : public testing::TestWithParam<Law> {};

TEST_P(EnoughMembersLaws, FewRowsAreEverDecidedWrongly) {
  const Law law = GetParam();
  const std::size_t rows = 200, k = law.num_classes;
  EnoughMembers members({Outcome::classes, rows, k}, {.tolerance = 0.2, .label = law.label});
  Rng rng(11);
  std::vector<float> p(rows * k);
  for (int member = 0; member < 2000; ++member) {
    for (std::size_t row = 0; row < rows; ++row)
      law.draw(rng, 0.025 * static_cast<double>(row % 5), std::span(p).subspan(row * k, k));
    members.add(p);
  }
  std::size_t wrong = 0, right = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::int32_t label = members.decided()[row];
    // Where all classes tie the label of endless members is 0.
    const std::int32_t endless = row % 5 == 0 ? 0 : 1;
    if (label >= 0 && label != endless) ++wrong;
    if (row % 5 == 4 && label == endless) ++right;
  }
  EXPECT_LE(wrong, rows / 10);
  EXPECT_GE(right, rows / 5 * 9 / 10) << "a margin of 0.1 is seen in 2,000 members";
}

void draw_vote(Rng& rng, double margin, std::span<float> p) {
  std::ranges::fill(p, 0.0F);
  const double even = (1 - margin) / static_cast<double>(p.size()), at = rng.uniform();
  std::size_t c = 0;
  for (double sum = even; c + 1 < p.size(); ++c, sum += even + (c == 1 ? margin : 0))
    if (at < sum) break;
  p[c] = 1;
}

// Probabilities whose mean is even but for the margin; the vote would say otherwise for some.
void draw_probabilities(Rng& rng, double margin, std::span<float> p) {
  const double u = rng.uniform(), skewed = u < 0.2 ? 0.9 : 0.4;  // mean 0.5
  const double own = skewed + margin / 2;
  p[1] = static_cast<float>(own);
  p[0] = static_cast<float>(1 - own);
}

INSTANTIATE_TEST_SUITE_P(Rules, EnoughMembersLaws,
                         testing::Values(Law{"TwoClasses", LabelRule::vote, 2, draw_vote},
                                         Law{"FourClasses", LabelRule::vote, 4, draw_vote},
                                         Law{"Means", LabelRule::mean, 2, draw_probabilities},
                                         Law{"MeansOfThreeClasses", LabelRule::mean, 3, draw_vote}),
                         [](const auto& law) { return law.param.name; });

#ifdef JURY_CONTRACTS
TEST(EnoughMembersDeathTest, OtherShapesBreakTheContract) {
  EXPECT_DEATH(EnoughMembers({Outcome::classes, 1, 2}, {.tolerance = 0}), "contract broken");
  EXPECT_DEATH(EnoughMembers({Outcome::values, 1, 2}, {.deviations = {1}}), "contract broken");
  EXPECT_DEATH(EnoughMembers({Outcome::values, 1, 1}, {.deviations = {0}}), "contract broken");
  EnoughMembers members({Outcome::classes, 1, 2}, {});
  EXPECT_DEATH(members.add(std::vector<float>{1}), "contract broken");
}
#endif

}  // namespace
}  // namespace jury
