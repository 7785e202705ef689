// Rounds of gradient boosting worked out by hand, for each loss.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "gradient_cases.hpp"
#include "models/ensemble/gradient_boosting.hpp"

namespace jury {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::FloatEq;
using testing::FloatNear;
using testing::Pointwise;

// A learner that knows the residuals of squares finds half the way with a rate of 1/2, whatever its scale.
TEST(GradientRounds, OfSquaresByHand) {
  GradientCase made = values_case("auto", {1, 2, 6});
  made.options.learning_rate = 0.5;
  GradientBoosting boosting(made.options, made.truth());
  EXPECT_THAT(boosting.initial(), ElementsAre(3));
  EXPECT_THAT(boosting.residuals(), ElementsAre(-2, -1, 3));
  const GradientRound first = boosting.advance(std::vector<float>{-4, -2, 6});
  EXPECT_THAT(first.steps, ElementsAre(0.25));
  EXPECT_THAT(boosting.values(), ElementsAre(2, 2.5, 4.5));
  EXPECT_NEAR(first.loss, (1 + 0.25 + 2.25) / 6, 1e-15);
  EXPECT_THAT(boosting.residuals(), ElementsAre(-1, -0.5, 1.5));
  EXPECT_EQ(boosting.rounds(), 1);
}

TEST(GradientRounds, OfAbsoluteByHand) {
  GradientCase made = values_case("absolute", {1, 2, 6, 7, 4});
  made.options.learning_rate = 1;
  GradientBoosting boosting(made.options, made.truth());
  EXPECT_THAT(boosting.residuals(), ElementsAre(-1, -1, 1, 1, 0));
  // Residuals over h: 3, 2, 2, 3.
  EXPECT_THAT(boosting.advance(std::vector<float>{-1, -1, 1, 1, 0}).steps, ElementsAre(2.5));
  EXPECT_THAT(boosting.values(), ElementsAre(1.5, 1.5, 6.5, 6.5, 4));
}

// Of six rows the 0.8 quantile is the fifth; the step is the 0.8 quantile of r / h as well.
TEST(GradientRounds, OfAQuantileByHand) {
  GradientCase made = values_case("quantile", {1, 2, 3, 4, 5, 9});
  made.options.learning_rate = 1;
  made.options.quantile = 0.8;
  GradientBoosting boosting(made.options, made.truth());
  EXPECT_THAT(boosting.initial(), ElementsAre(5));
  EXPECT_THAT(boosting.residuals(), Pointwise(DoubleNear(1e-15), std::vector<double>{-0.2, -0.2, -0.2, -0.2, 0, 0.8}));
  // The learner knows the last row alone.
  EXPECT_THAT(boosting.advance(std::vector<float>{0, 0, 0, 0, 0, 0.5F}).steps, ElementsAre(8));
  EXPECT_THAT(boosting.values(), ElementsAre(5, 5, 5, 5, 5, 9));
}

// Of |r| = 0, 1, 1, 2, 10 and then 0, 0, 0, 0, 4 the 0.8 quantiles are the middles of the last two.
TEST(GradientRounds, OfHuberByHand) {
  GradientCase made = values_case("huber", {0, 1, 2, 12, 3});
  made.options.learning_rate = 1;
  made.options.huber_share = 0.8;
  made.options.line_search = false;
  GradientBoosting boosting(made.options, made.truth());
  EXPECT_THAT(boosting.round_rule().deltas, ElementsAre(6));
  EXPECT_THAT(boosting.residuals(), ElementsAre(-2, -1, 0, 6, 1));
  const GradientRound round = boosting.advance(std::vector<float>{-2, -1, 0, 6, 1});
  EXPECT_NEAR(round.loss, 8.0 / 5, 1e-15);
  EXPECT_THAT(boosting.round_rule().deltas, ElementsAre(2));
  EXPECT_THAT(boosting.rule().deltas, ElementsAre(6));
}

TEST(GradientRounds, OfLogisticByHand) {
  GradientCase made = classes_case("auto", {1, 1, 0, 0}, 2);
  made.options.learning_rate = 0.5;
  GradientBoosting boosting(made.options, made.truth());
  EXPECT_EQ(boosting.width(), 1);
  EXPECT_THAT(boosting.residuals(), ElementsAre(0.5, 0.5, -0.5, -0.5));
  // One row of h is wrong: the log-odds of 3/4 are best, half of them are taken.
  const GradientRound round = boosting.advance(std::vector<float>{0.5F, 0.5F, -0.5F, 0.5F});
  EXPECT_THAT(round.steps, ElementsAre(DoubleNear(std::log(3), 1e-9)));
  const float p = 1 / (1 + 1 / std::sqrt(3.0F));
  EXPECT_THAT(predictions_of(boosting.rule(), boosting.values()),
              Pointwise(FloatNear(1e-6F), std::vector<float>{1 - p, p, 1 - p, p, p, 1 - p, 1 - p, p}));
}

TEST(GradientRounds, OfSoftmaxByHand) {
  GradientCase made = classes_case("auto", {0, 1, 2}, 3);
  made.options.line_search = false;
  made.options.learning_rate = 1;
  GradientBoosting boosting(made.options, made.truth());
  EXPECT_THAT(boosting.residuals(),
              Pointwise(DoubleNear(1e-15), std::vector<double>{2. / 3, -1. / 3, -1. / 3, -1. / 3, 2. / 3, -1. / 3,
                                                               -1. / 3, -1. / 3, 2. / 3}));
  const std::vector<float> h = {std::log(2.0F), 0, 0, 0, std::log(2.0F), 0, 0, 0, 0};
  EXPECT_THAT(boosting.advance(h).steps, ElementsAre(1, 1, 1));
  EXPECT_THAT(predictions_of(boosting.rule(), boosting.values()),
              ElementsAre(FloatEq(0.5F), FloatEq(0.25F), FloatEq(0.25F), FloatEq(0.25F), FloatEq(0.5F), FloatEq(0.25F),
                          FloatEq(1.0F / 3), FloatEq(1.0F / 3), FloatEq(1.0F / 3)));
}

}  // namespace
}  // namespace jury
