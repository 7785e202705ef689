// Literals computed with scipy.stats 1.10 where no other source is named.
#include "models/metrics/tests_of_difference.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace jury {
namespace {

using testing::ElementsAre;

constexpr double kTight = 1e-12;
const std::vector<double> kFolds = {0.02, -0.01, 0.03, 0.015, 0.0, 0.025, 0.01, -0.005, 0.02, 0.03};

TEST(CorrectedTTest, WithoutOverlapIsThePairedTTest) {
  const CorrectedTTest test = corrected_t_test(kFolds, 0, 0.9);
  EXPECT_NEAR(test.statistic, 2.975609351401113, kTight);
  EXPECT_EQ(test.degrees_of_freedom, 9);
  EXPECT_NEAR(test.p_value, 0.015560077967016046, kTight);
  EXPECT_NEAR(test.interval.low, 0.0051833758506735685, 1e-11);
  EXPECT_NEAR(test.interval.high, 0.021816624149326433, 1e-11);
  EXPECT_NEAR(test.effect_size, 0.940970297732386, kTight);
}

// Ten folds: the variance factor is 1 / 10 + 1 / 9.
TEST(CorrectedTTest, TakesTheOverlapOfTheTrainingSetsIntoAccount) {
  const CorrectedTTest test = corrected_t_test(kFolds, 1.0 / 9);
  EXPECT_NEAR(test.statistic, 2.0479548091913777, kTight);
  EXPECT_NEAR(test.standard_error, 0.006591942331642753, kTight);
  EXPECT_NEAR(test.p_value, 0.07084777556658188, kTight);
  EXPECT_NEAR(test.interval.low, -0.001412009561901205, 1e-11);
  EXPECT_NEAR(test.interval.high, 0.028412009561901208, 1e-11);
  EXPECT_NEAR(test.mean_difference, 0.0135, kTight);
}

TEST(CorrectedTTest, LeavesOutNaNAndTurnsWithTheSign) {
  std::vector<double> folds = {std::nan("")};
  for (const double difference : kFolds) folds.push_back(-difference);
  const CorrectedTTest turned = corrected_t_test(folds, 0.1);
  const CorrectedTTest test = corrected_t_test(kFolds, 0.1);
  EXPECT_EQ(turned.count, 10U);
  EXPECT_EQ(turned.statistic, -test.statistic);
  EXPECT_EQ(turned.p_value, test.p_value);
  EXPECT_EQ(turned.interval.low, -test.interval.high);
}

TEST(CorrectedTTest, OfDegenerateInputIsAsDocumented) {
  const CorrectedTTest zero = corrected_t_test(std::vector<double>(5), 0.25);
  EXPECT_EQ(zero.statistic, 0);
  EXPECT_EQ(zero.p_value, 1);
  EXPECT_EQ(zero.effect_size, 0);
  EXPECT_EQ(zero.interval.low, 0);
  const CorrectedTTest constant = corrected_t_test(std::vector<double>(5, -0.5), 0.25);
  EXPECT_EQ(constant.statistic, -INFINITY);
  EXPECT_EQ(constant.p_value, 0);
  EXPECT_EQ(constant.interval.high, -0.5);
  const CorrectedTTest one = corrected_t_test(std::vector<double>{0.5}, 0.25);
  EXPECT_EQ(one.mean_difference, 0.5);
  EXPECT_TRUE(std::isnan(one.statistic) && std::isnan(one.p_value) && std::isnan(one.interval.low));
  EXPECT_TRUE(std::isnan(corrected_t_test({}, 0.25).mean_difference));
}

// The formula worked by another program: sum p^2 = 0.00405, sum s^2 = 0.001075.
TEST(FiveByTwoTest, KnownAnswer) {
  const FiveByTwoTest test = five_by_two_test(std::vector<double>{.02, .03, .01, .025, .03, .0, -.01, .02, .015, .02});
  EXPECT_NEAR(test.statistic, 0.00405 / 0.00215, kTight);
  EXPECT_NEAR(test.p_value, 0.25118197175247153, kTight);
  EXPECT_NEAR(test.mean_difference, 0.016, kTight);
  EXPECT_NEAR(test.effect_size, 1.2435066243620156, kTight);
}

TEST(FiveByTwoTest, OfDegenerateInputIsAsDocumented) {
  const FiveByTwoTest zero = five_by_two_test(std::vector<double>(10));
  EXPECT_EQ(zero.statistic, 0);
  EXPECT_EQ(zero.p_value, 1);
  EXPECT_EQ(zero.effect_size, 0);
  EXPECT_EQ(five_by_two_test(std::vector<double>(10, 0.5)).p_value, 0);
  std::vector<double> differences(10, 0.5);
  differences[3] = std::nan("");
  const FiveByTwoTest failed = five_by_two_test(differences);
  EXPECT_TRUE(std::isnan(failed.statistic) && std::isnan(failed.p_value) && std::isnan(failed.effect_size));
}

TEST(McNemarTest, IsExactBelow25AndCorrectedBeyond) {
  const McNemarTest exact = mcnemar_test(20, 4);
  EXPECT_TRUE(exact.exact);
  EXPECT_EQ(exact.statistic, 4);
  EXPECT_NEAR(exact.p_value, 0.001543879508972168, kTight);
  EXPECT_EQ(exact.odds_ratio, 5);
  const McNemarTest large = mcnemar_test(20, 40);  // (20 - 1)^2 / 60
  EXPECT_FALSE(large.exact);
  EXPECT_NEAR(large.statistic, 361.0 / 60, kTight);
  EXPECT_NEAR(large.p_value, 0.014171388254012323, kTight);
  EXPECT_EQ(large.odds_ratio, 0.5);
  const McNemarTest at = mcnemar_test(20, 5);  // 14^2 / 25
  EXPECT_FALSE(at.exact);
  EXPECT_NEAR(at.p_value, 0.005110260660855866, kTight);
}

TEST(McNemarTest, OfEqualCountsSeesNoDifference) {
  for (const std::size_t n : {0U, 1U, 12U, 13U, 500U}) EXPECT_EQ(mcnemar_test(n, n).p_value, 1) << n;
  EXPECT_TRUE(std::isnan(mcnemar_test(0, 0).odds_ratio));
  EXPECT_EQ(mcnemar_test(3, 0).odds_ratio, INFINITY);
}

TEST(McNemarTest, CountsTheRowsThatJustOneHasRight) {
  const std::vector<std::int32_t> truth = {0, 1, 2, 0, 1, 2, 0};
  const std::vector<std::int32_t> first = {0, 1, 2, 1, 1, 0, -1};
  const std::vector<std::int32_t> second = {0, 0, 1, 0, -1, 1, 1};
  const McNemarTest test = mcnemar_test(truth, first, second);
  EXPECT_EQ(test.first_only, 2U);
  EXPECT_EQ(test.second_only, 1U);
}

// The depression scores of Hollander and Wolfe 1973.
TEST(WilcoxonTest, OfHollanderAndWolfe) {
  const std::vector<double> differences = {0.952, -0.147, 1.022, 0.43, 0.62, 0.59, 0.49, -0.08, 0.01};
  const WilcoxonTest test = wilcoxon_test(differences);
  EXPECT_TRUE(test.exact);
  EXPECT_EQ(test.positive_ranks, 40);
  EXPECT_EQ(test.negative_ranks, 5);
  EXPECT_EQ(test.statistic, 5);
  EXPECT_EQ(test.p_value, 0.0390625);
  EXPECT_NEAR(test.effect_size, 35.0 / 45, kTight);
}

// Demsar 2006, table 2, finds R+ = 93 and R- = 12 with 1.5 of the two zeros' ranks on either side.
TEST(WilcoxonTest, OfDemsarWithTheZerosLeftToNobody) {
  const std::vector<double> differences = {0.005, -0.008, 0.017, 0.033, 0.006, -0.005, 0.007,
                                           0,     0.063,  0,     0.022, 0.047, 0.009,  0.021};
  const WilcoxonTest test = wilcoxon_test(differences);
  EXPECT_EQ(test.positive_ranks, 93 - 1.5);
  EXPECT_EQ(test.negative_ranks, 12 - 1.5);
  EXPECT_EQ(test.zeros, 2U);
  EXPECT_EQ(test.count, 14U);
  EXPECT_EQ(test.p_value, 0.0078125);  // over all 2^12 signs
}

// Ranks 1.5 1.5 | 3.5 3.5 5 6.5 6.5: over all 2^5 signs.
TEST(WilcoxonTest, IsExactWithTiesAndZeros) {
  const WilcoxonTest test = wilcoxon_test(std::vector<double>{0, 0, 1, -1, 2, 3, 3});
  EXPECT_EQ(test.positive_ranks, 21.5);
  EXPECT_EQ(test.p_value, 0.1875);
}

TEST(WilcoxonTest, IsExactTo50AndNormalBeyond) {
  std::vector<double> differences;
  for (int i = 0; i < 51; ++i) differences.push_back((i % 4 == 0 ? -1 : 1) * (i * 1.5 + 1));
  const WilcoxonTest exact = wilcoxon_test(std::span(differences).first(50));
  EXPECT_EQ(exact.statistic, 325);
  EXPECT_NEAR(exact.p_value, 0.0021224348550905603, kTight);
  const WilcoxonTest normal = wilcoxon_test(differences);
  EXPECT_FALSE(normal.exact);
  EXPECT_EQ(normal.statistic, 325);
  EXPECT_NEAR(normal.p_value, 0.0015336918338196097, kTight);
}

// The library's method "approx" with zeros after Pratt and without a correction for continuity.
TEST(WilcoxonTest, TheNormalApproximationKnowsTiesAndZeros) {
  std::vector<double> differences;
  for (int i = 0; i < 60; ++i) differences.push_back((i * 37) % 23 - 9);
  const WilcoxonTest test = wilcoxon_test(differences);
  EXPECT_EQ(test.statistic, 643);
  EXPECT_NEAR(test.p_value, 0.046273822549333724, kTight);
}

TEST(WilcoxonTest, RoundingMakesNoRanks) {
  EXPECT_EQ(0.9 - 0.8 == 0.8 - 0.7, false);
  const WilcoxonTest test = wilcoxon_test(std::vector<double>{0.9 - 0.8, -(0.8 - 0.7), 1e-17, 0.5});
  EXPECT_EQ(test.negative_ranks, 2.5);
  EXPECT_EQ(test.zeros, 1U);
}

TEST(WilcoxonTest, OfDegenerateInputIsAsDocumented) {
  const WilcoxonTest zero = wilcoxon_test(std::vector<double>{0, 0, std::nan("")});
  EXPECT_EQ(zero.p_value, 1);
  EXPECT_EQ(zero.effect_size, 0);
  EXPECT_EQ(zero.count, 2U);
  EXPECT_EQ(wilcoxon_test(std::vector<double>{2}).p_value, 1);
  EXPECT_EQ(wilcoxon_test(std::vector<double>(60)).p_value, 1);
  EXPECT_TRUE(std::isnan(wilcoxon_test({}).p_value));
}

// Demsar 2006, table 6. Its ranks come from more digits than it prints: the third number of the 13th row is
// a little more than the fourth.
const std::vector<double> kDemsar = {
    .763, .768, .771, .798, .599, .591, .590, .569, .954, .971, .968, .967, .628,   .661, .654, .657, .882, .888, .886,
    .898, .936, .931, .916, .931, .661, .668, .609, .685, .583, .583, .563, .625,   .775, .838, .866, .875, 1,    1,
    1,    1,    .940, .962, .965, .962, .619, .666, .614, .669, .972, .981, .97501, .975, .957, .978, .946, .970};

TEST(FriedmanTest, OfDemsar) {
  const FriedmanTest test = friedman_test(kDemsar, 4, Direction::maximize);
  EXPECT_THAT(test.ranks, testing::Pointwise(testing::DoubleNear(5e-4), {3.143, 2.000, 2.893, 1.964}));
  EXPECT_EQ(test.num_sets, 14U);
  // He does not correct for ties: one group of 4 and three of 2, so 1 - (60 + 3 * 6) / (14 * 4 * 15).
  const double untied = 1 - 78.0 / 840;
  EXPECT_NEAR(test.statistic * untied, 9.28, 5e-3);
  EXPECT_NEAR(13 * test.statistic * untied / (14 * 3 - test.statistic * untied), 3.69, 5e-3);
  EXPECT_NEAR(test.statistic, 10.228346456692925, 1e-11);
  EXPECT_NEAR(test.p_value, 0.016721580328441323, kTight);
  EXPECT_NEAR(test.f_statistic, 4.1851301115241695, 1e-11);
  EXPECT_EQ(test.f_numerator_degrees, 3);
  EXPECT_EQ(test.f_denominator_degrees, 39);
  EXPECT_NEAR(test.f_p_value, 0.011620659515310954, kTight);
  EXPECT_NEAR(test.effect_size, 0.2435320584926887, kTight);
}

TEST(FriedmanTest, TurnsWithTheDirectionAndLeavesOutSetsWithNaN) {
  std::vector<double> losses = {std::nan(""), 1, 2, 3};
  for (const double score : kDemsar) losses.push_back(1 - score);
  const FriedmanTest a = friedman_test(kDemsar, 4, Direction::maximize);
  const FriedmanTest b = friedman_test(losses, 4, Direction::minimize);
  EXPECT_EQ(a.ranks, b.ranks);
  EXPECT_EQ(a.f_p_value, b.f_p_value);
}

TEST(FriedmanTest, OfDegenerateInputIsAsDocumented) {
  const FriedmanTest tied = friedman_test(std::vector<double>(6, 0.5), 3, Direction::maximize);
  EXPECT_THAT(tied.ranks, ElementsAre(2, 2, 2));
  EXPECT_EQ(tied.statistic, 0);
  EXPECT_EQ(tied.p_value, 1);
  EXPECT_EQ(tied.f_p_value, 1);
  EXPECT_EQ(tied.effect_size, 0);
  const FriedmanTest agreed = friedman_test(std::vector<double>{1, 2, 3, 4, 5, 6}, 3, Direction::maximize);
  EXPECT_EQ(agreed.effect_size, 1);
  EXPECT_EQ(agreed.f_p_value, 0);
  const FriedmanTest one = friedman_test(std::vector<double>{1, 2}, 2, Direction::maximize);
  EXPECT_NEAR(one.p_value, 0.31731050786291415, kTight);  // chi-squared is 1
  EXPECT_TRUE(std::isnan(one.f_p_value));
  const FriedmanTest none = friedman_test({}, 2, Direction::maximize);
  EXPECT_TRUE(std::isnan(none.ranks[0]) && std::isnan(none.p_value));
  EXPECT_TRUE(std::isnan(nemenyi_p_values(none)[1]));
}

TEST(Nemenyi, CriticalDifferencesAreThoseOfDemsar) {
  EXPECT_NEAR(nemenyi_critical_difference(4, 14, 0.05), 1.25, 5e-3);
  EXPECT_NEAR(nemenyi_critical_difference(4, 14, 0.10), 1.12, 5e-3);
  // His table 5a: q over sqrt 2 for k = 2 .. 10, to three digits after the point.
  const std::vector<double> q05 = {1.960, 2.343, 2.569, 2.728, 2.850, 2.949, 3.031, 3.102, 3.164};
  const std::vector<double> q10 = {1.645, 2.052, 2.291, 2.459, 2.589, 2.693, 2.780, 2.855, 2.920};
  for (std::size_t i = 0; i < q05.size(); ++i) {
    const auto k = static_cast<double>(i + 2);
    const double unit = std::sqrt(k * (k + 1) / 6);
    EXPECT_NEAR(nemenyi_critical_difference(i + 2, 1, 0.05) / unit, q05[i], 1.1e-3);
    EXPECT_NEAR(nemenyi_critical_difference(i + 2, 1, 0.10) / unit, q10[i], 1.1e-3);
  }
}

TEST(Nemenyi, PValuesOfDemsar) {
  const std::vector<double> p = nemenyi_p_values(friedman_test(kDemsar, 4, Direction::maximize));
  ASSERT_EQ(p.size(), 16U);
  EXPECT_EQ(p[0], 1);
  EXPECT_NEAR(p[1], 0.08867270928888271, 1e-11);
  EXPECT_NEAR(p[4], 0.08867270928888271, 1e-11);
  EXPECT_NEAR(p[2], 0.9561771752218107, 1e-11);
  EXPECT_NEAR(p[3], 0.0741847950687442, 1e-11);
  EXPECT_NEAR(p[7], 0.999859449385133, 1e-11);
}

TEST(Nemenyi, PIsAlphaAtTheCriticalDifference) {
  FriedmanTest test = friedman_test(kDemsar, 4, Direction::maximize);
  test.ranks = {1, 1 + nemenyi_critical_difference(4, 14, 0.03), 1, 1};
  EXPECT_NEAR(nemenyi_p_values(test)[1], 0.03, kTight);
}

TEST(Holm, StepsDown) {
  EXPECT_THAT(holm_adjusted(std::vector<double>{0.01, 0.04, 0.03, 0.005}),
              testing::Pointwise(testing::DoubleEq(), {0.03, 0.06, 0.06, 0.02}));
  const std::vector<double> p = holm_adjusted(std::vector<double>{0.9, std::nan(""), 0.02, 0.8});
  EXPECT_DOUBLE_EQ(p[2], 0.06);
  EXPECT_EQ(p[0], 1);
  EXPECT_EQ(p[3], 1);
  EXPECT_TRUE(std::isnan(p[1]));
  EXPECT_TRUE(holm_adjusted({}).empty());
}

#ifdef JURY_CONTRACTS
TEST(TestsOfDifferenceDeathTest, WrongShapesBreakTheContract) {
  EXPECT_DEATH(corrected_t_test(kFolds, -1), "contract broken");
  EXPECT_DEATH(five_by_two_test(std::vector<double>(9)), "contract broken");
  EXPECT_DEATH(friedman_test(kFolds, 3, Direction::maximize), "contract broken");
}
#endif

}  // namespace
}  // namespace jury
