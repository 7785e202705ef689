#include "models/ensemble/combine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "models/metrics/bias_variance.hpp"
#include "random_members.hpp"
#include "runtime/base/numbers.hpp"

namespace jury {
namespace {

using testing::ElementsAre;
using testing::NanSensitiveFloatEq;

// What a straightforward second look at all members says of one cell.
struct Naive {
  double mean = 0, deviation = 0;
  int count = 0;
};

Naive naive_cell(const CombinationShape& shape, const std::vector<float>& members, std::size_t cell) {
  Naive naive;
  const std::size_t cells = shape.num_rows * shape.num_outputs;
  std::vector<double> present;
  for (std::size_t at = cell; at < members.size(); at += cells)
    if (!std::isnan(members[at])) present.push_back(static_cast<double>(members[at]));
  naive.count = static_cast<int>(present.size());
  for (const double value : present) naive.mean += value / naive.count;
  for (const double value : present) naive.deviation += (value - naive.mean) * (value - naive.mean) / naive.count;
  naive.deviation = std::sqrt(naive.deviation);
  return naive;
}

class CombinationLaws : public testing::TestWithParam<CombinationShape> {};

TEST_P(CombinationLaws, MeanAndDeviationAgreeWithASecondLook) {
  const CombinationShape shape = GetParam();
  const auto members = random_members(9, shape, 1);
  Combination combination(shape);
  const std::size_t cells = shape.num_rows * shape.num_outputs;
  for (std::size_t m = 0; m < 9; ++m) combination.add(std::span(members).subspan(m * cells, cells));
  const auto mean = combination.mean();
  const auto deviation = combination.deviation();
  for (std::size_t cell = 0; cell < mean.size(); ++cell) {
    const Naive naive = naive_cell(shape, members, cell);
    ASSERT_EQ(combination.counts()[cell / shape.num_outputs], naive.count);
    if (naive.count == 0) continue;
    EXPECT_NEAR(mean[cell], naive.mean, 1e-6);
    EXPECT_NEAR(deviation[cell], naive.deviation, 1e-6);
  }
}

TEST_P(CombinationLaws, VotesSumToTheMembersThatPredicted) {
  const CombinationShape shape = GetParam();
  const auto members = random_members(9, shape, 2);
  Combination combination(shape);
  const std::size_t cells = shape.num_rows * shape.num_outputs;
  for (std::size_t m = 0; m < 9; ++m) combination.add(std::span(members).subspan(m * cells, cells));
  if (shape.outcome == Outcome::values) {
    EXPECT_TRUE(combination.votes().empty());
    return;
  }
  for (std::size_t row = 0; row < shape.num_rows; ++row) {
    int votes = 0;
    for (std::size_t c = 0; c < shape.num_outputs; ++c) votes += combination.votes()[row * shape.num_outputs + c];
    EXPECT_EQ(votes, combination.counts()[row]);
  }
  EXPECT_EQ(labels_of(combination.vote_share(), shape.num_outputs), combination.label_vote());
  EXPECT_EQ(labels_of(combination.mean(), shape.num_outputs), combination.label_mean());
}

TEST_P(CombinationLaws, ScoresBySizeAreThoseOfEachPrefix) {
  const CombinationShape shape = GetParam();
  const std::size_t cells = shape.num_rows * shape.num_outputs;
  const auto members = random_members(6, shape, 3);
  std::vector<std::int32_t> labels(shape.outcome == Outcome::classes ? shape.num_rows : 0, 0);
  std::vector<double> values(shape.outcome == Outcome::values ? cells : 0, 0.5);
  const Truth truth{.outcome = shape.outcome, .num_outputs = shape.num_outputs, .labels = labels, .values = values};
  const auto metrics = choose_metrics(shape.outcome, {});
  const auto scores = scores_by_size(truth, members, metrics);
  ASSERT_EQ(scores.size(), 6U);
  for (std::size_t size = 1; size <= 6; ++size) {
    Combination prefix(shape);
    for (std::size_t m = 0; m < size; ++m) prefix.add(std::span(members).subspan(m * cells, cells));
    EXPECT_EQ(scores[size - 1].size, size);
    for (std::size_t i = 0; i < metrics.size(); ++i) {
      EXPECT_EQ(std::isnan(scores[size - 1].mean[i]), std::isnan(score(*metrics[i], truth, prefix.mean())));
      if (std::isnan(scores[size - 1].mean[i])) continue;
      EXPECT_EQ(scores[size - 1].mean[i], score(*metrics[i], truth, prefix.mean()));
      if (shape.outcome == Outcome::values) continue;
      EXPECT_EQ(scores[size - 1].vote[i], score(*metrics[i], truth, prefix.vote_share()));
    }
    EXPECT_EQ(scores[size - 1].vote.empty(), shape.outcome == Outcome::values);
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, CombinationLaws,
                         testing::Values(CombinationShape{Outcome::classes, 20, 3},
                                         CombinationShape{Outcome::classes, 5, 1},
                                         CombinationShape{Outcome::values, 20, 1},
                                         CombinationShape{Outcome::values, 7, 3}));

TEST(Combination, TiesGoToTheLowestClass) {
  Combination combination({Outcome::classes, 2, 3});
  combination.add(std::vector<float>{0, 0, 1, 0.5F, 0.5F, 0});
  combination.add(std::vector<float>{0, 1, 0, 0, 0.5F, 0.5F});
  EXPECT_THAT(combination.label_vote(), ElementsAre(1, 0)) << "one vote each: 2 and 1; then 0 and 1";
  EXPECT_THAT(combination.label_mean(), ElementsAre(1, 1));
}

TEST(Combination, AMajorityOfWeakVotesBeatsOneSureMemberOnlyInTheVote) {
  Combination combination({Outcome::classes, 1, 2});
  combination.add(std::vector<float>{0.45F, 0.55F});
  combination.add(std::vector<float>{0.45F, 0.55F});
  combination.add(std::vector<float>{1, 0});
  EXPECT_THAT(combination.label_vote(), ElementsAre(1));
  EXPECT_THAT(combination.label_mean(), ElementsAre(0));
  EXPECT_THAT(combination.votes(), ElementsAre(1, 2));
}

TEST(Combination, ARowThatNobodyPredictedIsNaNAndHasNoLabel) {
  Combination combination({Outcome::classes, 2, 2});
  combination.add(std::vector<float>{kFloatNaN, kFloatNaN, 0.25F, 0.75F});
  EXPECT_THAT(combination.mean(),
              ElementsAre(NanSensitiveFloatEq(kFloatNaN), NanSensitiveFloatEq(kFloatNaN), 0.25F, 0.75F));
  EXPECT_THAT(combination.deviation(),
              ElementsAre(NanSensitiveFloatEq(kFloatNaN), NanSensitiveFloatEq(kFloatNaN), 0, 0));
  EXPECT_THAT(combination.label_mean(), ElementsAre(-1, 1));
  EXPECT_THAT(combination.label_vote(), ElementsAre(-1, 1));
  EXPECT_THAT(combination.counts(), ElementsAre(0, 1));
}

TEST(Combination, OfValuesHasNoVotes) {
  Combination combination({Outcome::values, 2, 1});
  combination.add(std::vector<float>{1, 2});
  EXPECT_TRUE(combination.votes().empty());
  EXPECT_TRUE(combination.vote_share().empty());
  EXPECT_TRUE(combination.label_vote().empty());
  EXPECT_TRUE(combination.label_mean().empty());
}

TEST(Combination, ItsVarianceIsTheAmbiguityOfItsMembers) {
  const CombinationShape shape{Outcome::values, 12, 1};
  const auto members = random_members(5, shape, 4);
  const std::vector<double> values(12, 0.25);
  BiasVariance study({.outcome = Outcome::values, .num_outputs = 1, .values = values});
  Combination combination(shape);
  for (std::size_t m = 0; m < 5; ++m) {
    study.add_replicate(std::span(members).subspan(m * 12, 12));
    combination.add(std::span(members).subspan(m * 12, 12));
  }
  const auto points = study.finish(1, {.resamples = 0})[0].points;
  const auto deviation = combination.deviation();
  for (std::size_t row = 0; row < 12; ++row)
    EXPECT_NEAR(points[row].variance, std::pow(static_cast<double>(deviation[row]), 2), 1e-7);
}

// Two targets; (mean, variance) of a member is (m, v), and of the mixture E v + E m^2 - (E m)^2.
TEST(Mixture, HasTheMeanOfTheMeansAndTheVarianceOfTheWhole) {
  const CombinationShape shape{Outcome::values, 1, 2, ValueKind::means_and_variances};
  Combination combination(shape);
  combination.add(std::vector<float>{1, 10, 0.5F, 1});
  combination.add(std::vector<float>{3, 10, 1.5F, 2});
  combination.add(std::vector<float>{kFloatNaN, 10, 1.5F, 2});
  EXPECT_THAT(combination.mean(), ElementsAre(2, 10, 1 + 1, 1.5F));
  EXPECT_THAT(combination.deviation(), ElementsAre(1, 0)) << "over members, of the means";
  EXPECT_THAT(combination.counts(), ElementsAre(2));
}

TEST(Mixture, OfRandomMembersIsTheNaiveOne) {
  const CombinationShape shape{Outcome::values, 20, 3, ValueKind::means_and_variances};
  const CombinationShape flat{Outcome::values, 20, 6};  // the same numbers as plain values
  const auto members = random_members(9, flat, 5);
  Combination combination(shape);
  for (std::size_t m = 0; m < 9; ++m) combination.add(std::span(members).subspan(m * 120, 120));
  const auto mean = combination.mean(), deviation = combination.deviation();
  ASSERT_EQ(mean.size(), 120U);
  ASSERT_EQ(deviation.size(), 60U);
  for (std::size_t row = 0; row < 20; ++row)
    for (std::size_t k = 0; k < 3; ++k) {
      const Naive means = naive_cell(flat, members, 6 * row + k),
                  variances = naive_cell(flat, members, 6 * row + 3 + k);
      ASSERT_GT(means.count, 0);
      EXPECT_NEAR(mean[6 * row + k], means.mean, 1e-6);
      EXPECT_NEAR(mean[6 * row + 3 + k], variances.mean + means.deviation * means.deviation, 1e-6);
      EXPECT_NEAR(deviation[3 * row + k], means.deviation, 1e-6);
    }
}

// E m^2 - (E m)^2 in double would leave 2 of these digits.
TEST(Mixture, KeepsItsDigitsBesideALargeMean) {
  Combination combination({Outcome::values, 1, 1, ValueKind::means_and_variances});
  combination.add(std::vector<float>{16777214, 1});
  combination.add(std::vector<float>{16777215, 1});
  EXPECT_THAT(combination.mean(), testing::Contains(1.25F));
}

TEST(Mixture, IsScoredByItsDensity) {
  const std::vector<double> values = {0};
  const Truth truth{
      .outcome = Outcome::values, .num_outputs = 1, .values = values, .kind = ValueKind::means_and_variances};
  const auto metrics = choose_metrics(Outcome::values, {}, ValueKind::means_and_variances);
  const auto scores = scores_by_size(truth, std::vector<float>{1, 1, -1, 1}, metrics);
  ASSERT_EQ(scores.size(), 2U);
  const std::vector<float> mixture = {0, 2};
  EXPECT_EQ(scores[1].mean.back(), score(find_metric("nll"), truth, mixture));
  EXPECT_LT(scores[1].mean.back(), scores[0].mean.back());
}

#ifdef JURY_CONTRACTS
TEST(CombinationDeathTest, AMemberOfAnotherShapeBreaksTheContract) {
  Combination combination({Outcome::values, 2, 1});
  EXPECT_DEATH(combination.add(std::vector<float>{1}), "contract broken");
}
#endif

}  // namespace
}  // namespace jury
