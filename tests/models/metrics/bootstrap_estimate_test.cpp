#include "models/metrics/bootstrap_estimate.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "runtime/base/rng.hpp"

namespace jury {
namespace {

constexpr auto kLess = Direction::minimize;
constexpr auto kMore = Direction::maximize;

// Efron and Tibshirani 1997, section 3: one nearest neighbour of labels that mean nothing has an apparent error of 0
// and an error of 0.5. The .632 estimate is 0.316; .632+ is right.
TEST(BootstrapEstimate, OfANeighbourOfRandomLabelsIsTheirError) {
  const BootstrapScores scores{.apparent = 0, .left_out = 0.5, .no_information = 0.5};
  EXPECT_DOUBLE_EQ(estimate_632(scores).value, 0.316);
  EXPECT_DOUBLE_EQ(estimate_632plus(scores, kLess).overfitting, 1);
  EXPECT_DOUBLE_EQ(estimate_632plus(scores, kLess).weight, 1);
  EXPECT_DOUBLE_EQ(estimate_632plus(scores, kLess).value, 0.5);
}

// By hand: R = 0.1 / 0.4, w = 0.632 / (1 - 0.368 / 4).
TEST(BootstrapEstimate, WeighsByTheRelativeOverfitting) {
  const BootstrapEstimate one = estimate_632plus({.apparent = 0.1, .left_out = 0.2, .no_information = 0.5}, kLess);
  EXPECT_DOUBLE_EQ(one.overfitting, 0.25);
  EXPECT_NEAR(one.weight, 0.69603524229074887, 1e-15);
  EXPECT_NEAR(one.value, 0.1 + 0.1 * 0.69603524229074887, 1e-15);
}

// Equation 32 of the paper: .632+ = .632 + (left_out' - apparent) 0.368 0.632 R / (1 - 0.368 R).
TEST(BootstrapEstimate, AgreesWithTheOtherFormOfThePaper) {
  for (const double apparent : {0.0, 0.05, 0.2})
    for (const double left_out : {0.21, 0.3, 0.4}) {
      const BootstrapScores scores{.apparent = apparent, .left_out = left_out, .no_information = 0.45};
      const double r = (left_out - apparent) / (0.45 - apparent);
      EXPECT_NEAR(estimate_632plus(scores, kLess).value,
                  estimate_632(scores).value + (left_out - apparent) * 0.368 * 0.632 * r / (1 - 0.368 * r), 1e-14);
    }
}

TEST(BootstrapEstimate, ErrorsBeyondNoInformationAndBelowApparentAreCut) {
  const BootstrapEstimate worse = estimate_632plus({.apparent = 0.1, .left_out = 0.6, .no_information = 0.5}, kLess);
  EXPECT_DOUBLE_EQ(worse.overfitting, 1);
  EXPECT_DOUBLE_EQ(worse.value, 0.5);
  const BootstrapEstimate better = estimate_632plus({.apparent = 0.3, .left_out = 0.2, .no_information = 0.5}, kLess);
  EXPECT_DOUBLE_EQ(better.overfitting, 0);
  EXPECT_DOUBLE_EQ(better.value, 0.368 * 0.3 + 0.632 * 0.2);
}

TEST(BootstrapEstimate, OfAnAccuracyIsOneLessThatOfItsError) {
  for (const double left_out : {0.1, 0.35, 0.7}) {
    const BootstrapEstimate error =
        estimate_632plus({.apparent = 0.2, .left_out = left_out, .no_information = 0.5}, kLess);
    const BootstrapEstimate accuracy =
        estimate_632plus({.apparent = 0.8, .left_out = 1 - left_out, .no_information = 0.5}, kMore);
    EXPECT_NEAR(accuracy.value, 1 - error.value, 1e-15);
  }
}

TEST(BootstrapEstimate, OfAMissingScoreIsMissing) {
  EXPECT_TRUE(
      std::isnan(estimate_632plus({.apparent = 0.2, .left_out = std::nan(""), .no_information = 0.5}, kLess).value));
  EXPECT_TRUE(std::isnan(estimate_632({.apparent = std::nan("")}).value));
}

// Equation 26: sum over classes of p (1 - q), as an accuracy sum of p q.
TEST(NoInformationScore, OfAnAccuracyIsTheSumOverClassesOfBothShares) {
  const std::vector<std::int32_t> labels = {0, 0, 0, 1, 1, 2, 0, 1};
  const std::vector<float> p = {.9F, .1F, 0,   .2F, .8F, 0,   .6F, .4F, 0, .9F, .1F, 0,
                                0,   .1F, .9F, .8F, .1F, .1F, .4F, .6F, 0, .7F, .2F, .1F};
  const Truth truth{.num_outputs = 3, .labels = labels};
  // Labels 4, 3, 1 of 8; predicted 5, 2, 1.
  EXPECT_NEAR(no_information_score(find_metric("accuracy"), truth, p, 1), (4 * 5 + 3 * 2 + 1 * 1) / 64.0, 1e-14);
}

TEST(NoInformationScore, OfValuesIsTheMeanOverAllPairs) {
  const std::vector<double> values = {1, -2, 0.5, 4, 3};
  const std::vector<float> predictions = {0, 1, 2, std::nanf(""), 5};
  double sum = 0;
  for (const std::size_t i : {0U, 1U, 2U, 4U})
    for (const std::size_t j : {0U, 1U, 2U, 4U}) sum += std::abs(values[i] - static_cast<double>(predictions[j]));
  const Truth truth{.outcome = Outcome::values, .num_outputs = 1, .values = values};
  EXPECT_NEAR(no_information_score(find_metric("mae"), truth, predictions, 1), sum / 16, 1e-14);
}

// 3,000 rows of alternating classes, predicted without error: an even shift alone would say 1.
TEST(NoInformationScore, OfManyRowsIsAboutThatOfAllPairs) {
  std::vector<std::int32_t> labels(3000);
  std::vector<float> p(6000);
  for (std::size_t i = 0; i < 3000; ++i) {
    labels[i] = static_cast<std::int32_t>(i % 2);
    p[2 * i + i % 2] = 1;
  }
  EXPECT_NEAR(no_information_score(find_metric("accuracy"), {.num_outputs = 2, .labels = labels}, p, 1), 0.5, 0.05);
}

TEST(NoInformationScore, WithoutAPredictedRowIsMissing) {
  const std::vector<std::int32_t> labels = {0};
  const std::vector<float> p = {std::nanf(""), 1};
  EXPECT_TRUE(std::isnan(no_information_score(find_metric("accuracy"), {.num_outputs = 2, .labels = labels}, p, 1)));
}

}  // namespace
}  // namespace jury
