#include "models/ensemble/gradient_loss.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "gradient_cases.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pointwise;
using testing::ThrowsMessage;

GradientLoss resolved(const std::string& loss, Outcome outcome, std::size_t outputs) {
  return resolve_gradient_loss({.loss = loss}, outcome, outputs);
}

TEST(GradientLoss, AutoSuitsTheOutcome) {
  EXPECT_EQ(resolved("auto", Outcome::values, 2), GradientLoss::squared);
  EXPECT_EQ(resolved("auto", Outcome::classes, 2), GradientLoss::logistic);
  EXPECT_EQ(resolved("auto", Outcome::classes, 3), GradientLoss::softmax);
  EXPECT_EQ(resolved("softmax", Outcome::classes, 2), GradientLoss::softmax);
  for (const char* loss : {"squared", "absolute", "huber", "quantile"})
    EXPECT_EQ(name(resolved(loss, Outcome::values, 1)), loss);
}

TEST(GradientLoss, CombinationsThatDoNotExistAreErrors) {
  for (const char* loss : {"squared", "absolute", "huber", "quantile"})
    EXPECT_THAT([&] { resolved(loss, Outcome::classes, 3); },
                ThrowsMessage<ConfigError>("ensemble.gradient.loss = '" + std::string(loss) +
                                           "' is for regression (the data has classes) use softmax"));
  EXPECT_THAT([] { resolved("huber", Outcome::classes, 2); },
              ThrowsMessage<ConfigError>(HasSubstr("use logistic or softmax")));
  for (const char* loss : {"logistic", "softmax"})
    EXPECT_THAT([&] { resolved(loss, Outcome::values, 2); },
                ThrowsMessage<ConfigError>(HasSubstr("is for classification (the data has values)")));
  EXPECT_THAT(
      [] { resolved("logistic", Outcome::classes, 3); },
      ThrowsMessage<ConfigError>("ensemble.gradient.loss = 'logistic' needs two classes (the data has 3) use softmax"));
}

std::vector<double> start(const GradientCase& made) { return initial_values(made.rule(), made.truth()); }

TEST(GradientLoss, StartsFromTheBestConstant) {
  EXPECT_THAT(start(values_case("squared", {1, 10, 2, 20, 6, 60}, 2)), ElementsAre(3, 30));
  EXPECT_THAT(start(values_case("absolute", {1, 2, 6, 100})), ElementsAre(4));
  EXPECT_THAT(start(values_case("huber", {1, 2, 100})), ElementsAre(2));
  GradientCase upper = values_case("quantile", {5, 1, 2, 3, 4});
  upper.options.quantile = 0.9;
  EXPECT_THAT(start(upper), ElementsAre(5));
  EXPECT_THAT(start(classes_case("logistic", {0, 1, 1, 1}, 2)), ElementsAre(DoubleNear(std::log(3), 1e-15)));
  EXPECT_THAT(start(classes_case("softmax", {0, 2, 2, 1}, 3)),
              ElementsAre(std::log(0.25), std::log(0.25), std::log(0.5)));
}

TEST(GradientLoss, StartsFromFiniteValuesWhereAClassIsMissing) {
  EXPECT_THAT(start(classes_case("logistic", {1, 1}, 2)), ElementsAre(-std::log(kSmallestProbability)));
  EXPECT_THAT(start(classes_case("logistic", {0, 0}, 2)), ElementsAre(std::log(kSmallestProbability)));
  EXPECT_THAT(start(classes_case("softmax", {1, 1}, 3)),
              ElementsAre(std::log(kSmallestProbability), 0, std::log(kSmallestProbability)));
  EXPECT_THAT(start(classes_case("softmax", {0, 0}, 1)), ElementsAre(0));
}

TEST(GradientLoss, NoOtherConstantHasLessLoss) {
  for (const GradientCase& made : gradient_cases()) {
    if (made.options.loss == "huber") continue;  // starts from the median
    const std::vector<double> best = start(made);
    const auto loss = [&](const std::vector<double>& constant) {
      std::vector<double> values;
      for (std::size_t i = 0; i < 41; ++i) values.insert(values.end(), constant.begin(), constant.end());
      return mean_loss(made.rule(), made.truth(), values);
    };
    for (std::size_t k = 0; k < best.size(); ++k)
      for (const double move : {-0.3, -0.01, 0.01, 0.3}) {
        std::vector<double> other = best;
        other[k] += move;
        EXPECT_GE(loss(other), loss(best) - 1e-14) << made.options.loss << " " << k;
      }
  }
}

// r = 3, -1, 0 for values; p = 1/2 and 0.2 of class 1.
TEST(GradientLoss, ValuesAndSlopesByHand) {
  const auto expect = [](GradientCase made, const std::vector<double>& at, double loss,
                         const std::vector<double>& slopes) {
    made.options.quantile = 0.8;
    GradientRule rule = made.rule();
    if (rule.loss == GradientLoss::huber) rule.deltas = {2};
    EXPECT_NEAR(mean_loss(rule, made.truth(), at), loss, 1e-15) << made.options.loss;
    EXPECT_THAT(negative_gradient(rule, made.truth(), at), Pointwise(DoubleNear(1e-15), slopes)) << made.options.loss;
  };
  expect(values_case("squared", {3, -1, 5}), {0, 0, 5}, 5.0 / 3, {3, -1, 0});
  expect(values_case("absolute", {3, -1, 5}), {0, 0, 5}, 4.0 / 3, {1, -1, 0});
  expect(values_case("huber", {3, -1, 5}), {0, 0, 5}, 4.5 / 3, {2, -1, 0});
  expect(values_case("quantile", {3, -1, 5}), {0, 0, 5}, 2.6 / 3, {0.8, -0.2, 0});
  expect(classes_case("logistic", {1, 0}, 2), {0, -std::log(4)}, (std::log(2) + std::log(1.25)) / 2, {0.5, -0.2});
  expect(classes_case("softmax", {0, 2}, 3), {0, 0, 0, 0, 0, std::log(2)}, (std::log(3) + std::log(2)) / 2,
         {2.0 / 3, -1.0 / 3, -1.0 / 3, -0.25, -0.25, 0.5});
}

// Central differences with a step of 1e-5 are right to 1e-10 and rounding; weights and the mean over rows and
// targets are taken out.
TEST(GradientLoss, TheGradientIsTheSlopeOfTheLoss) {
  constexpr double kStep = 1e-5;
  for (const GradientCase& made : gradient_cases()) {
    const GradientRule rule = made.rule();
    std::vector<double> at = normals(41 * rule.width(), 9);
    const std::vector<double> found = negative_gradient(rule, made.truth(), at);
    double total = 0;
    for (const float weight : made.weights) total += static_cast<double>(weight);
    if (rule.of_values()) total *= 2;
    for (std::size_t i = 0; i < at.size(); ++i) {
      const double before = at[i];
      at[i] = before + kStep;
      const double above = mean_loss(rule, made.truth(), at);
      at[i] = before - kStep;
      const double slope = (above - mean_loss(rule, made.truth(), at)) / (2 * kStep);
      at[i] = before;
      EXPECT_NEAR(-slope * total, found[i] * made.truth().weight(i / rule.width()), 1e-7)
          << made.options.loss << " " << i;
    }
  }
}

TEST(GradientLoss, StaysFiniteFarOut) {
  const GradientCase logistic = classes_case("logistic", {1, 0}, 2), softmax = classes_case("softmax", {0, 1}, 2);
  EXPECT_NEAR(mean_loss(logistic.rule(), logistic.truth(), std::vector<double>{-1000, -1000}), 500, 1e-9);
  EXPECT_THAT(negative_gradient(logistic.rule(), logistic.truth(), std::vector<double>{-1000, 1000}),
              ElementsAre(1, -1));
  EXPECT_NEAR(mean_loss(softmax.rule(), softmax.truth(), std::vector<double>{-1000, 1000, -1000, 1000}), 1000, 1e-9);
  EXPECT_THAT(negative_gradient(softmax.rule(), softmax.truth(), std::vector<double>{-1000, 1000, -1000, 1000}),
              ElementsAre(1, -1, 0, 0));
}

TEST(GradientLoss, HubersDeltaIsAQuantileOfTheResiduals) {
  const GradientCase made = values_case("huber", {1, -2, 3, -4, 5, -6, 7, -8, 9, -10});
  EXPECT_THAT(huber_deltas(made.truth(), std::vector<double>(10), 0.85), ElementsAre(9));
  EXPECT_THAT(huber_deltas(made.truth(), std::vector<double>(10), 0.9), ElementsAre(9.5));
  const GradientCase exact = values_case("huber", {0, 0, 0, 0, -3, 2});
  EXPECT_THAT(huber_deltas(exact.truth(), std::vector<double>(6), 0.5), ElementsAre(2));
  EXPECT_THAT(huber_deltas(exact.truth(), exact.values, 0.5), ElementsAre(0));
}

TEST(GradientLoss, WithoutWeightThereIsNothingToLearn) {
  for (GradientCase made : gradient_cases()) {
    made.weights.assign(41, 0.0F);
    EXPECT_THAT([&] { start(made); }, ThrowsMessage<DataError>(HasSubstr("the weights of the training rows sum to 0")));
  }
}

}  // namespace
}  // namespace jury
