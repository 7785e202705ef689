#include "models/ensemble/step_length.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "gradient_cases.hpp"

namespace jury {
namespace {

using testing::DoubleNear;
using testing::Each;
using testing::ElementsAre;

// F + steps h
std::vector<double> moved(const std::vector<double>& values, const std::vector<float>& h,
                          const std::vector<double>& steps) {
  std::vector<double> after = values;
  for (std::size_t i = 0; i < after.size(); ++i) after[i] += steps[i % steps.size()] * static_cast<double>(h[i]);
  return after;
}

TEST(StepLength, ByHand) {
  const auto step = [](const GradientCase& made, const std::vector<float>& h) {
    GradientRule rule = made.rule();
    if (rule.loss == GradientLoss::huber) rule.deltas = {1};
    return step_lengths(rule, made.truth(), std::vector<double>(h.size()), h);
  };
  EXPECT_THAT(step(values_case("squared", {2, 4, -1}), {1, 1, 0}), ElementsAre(3));
  EXPECT_THAT(step(values_case("absolute", {2, -4, 100}), {1, -1, 1}), ElementsAre(4));  // the median of 2, 4, 100
  EXPECT_THAT(step(values_case("absolute", {2, -4, 100}), {10, -1, 1}), ElementsAre(DoubleNear(0.2, 1e-7)));
  // Of residuals 0, 0, 10 with d = 1: the slope 2 g - 1 is 0 at 1/2.
  EXPECT_THAT(step(values_case("huber", {0, 0, 10}), {1, 1, 1}), ElementsAre(DoubleNear(0.5, 1e-15)));
  // Three of four say class 1: the log-odds of 3/4.
  EXPECT_THAT(step(classes_case("logistic", {1, 1, 1, 0}, 2), {1, 1, 1, 1}),
              ElementsAre(DoubleNear(std::log(3), 1e-9)));
  EXPECT_THAT(step(classes_case("softmax", {1, 1, 1, 0}, 2), {0, 1, 0, 1, 0, 1, 0, 1}),
              Each(DoubleNear(std::log(3), 1e-9)));
}

// Along h = -1 the same value is reached from the other side.
TEST(StepLength, OfAQuantileFollowsTheSignOfH) {
  GradientCase made = values_case("quantile", {1, 2, 3, 4});
  made.options.quantile = 0.74;
  const std::vector<double> zeros(4);
  EXPECT_THAT(step_lengths(made.rule(), made.truth(), zeros, std::vector<float>{1, 1, 1, 1}), ElementsAre(3));
  EXPECT_THAT(step_lengths(made.rule(), made.truth(), zeros, std::vector<float>{-1, -1, -1, -1}), ElementsAre(-3));
}

// Against grids of three widths around it, along random directions, up- and downhill.
TEST(StepLength, NoOtherLengthHasLessLoss) {
  for (const GradientCase& made : gradient_cases()) {
    const GradientRule rule = made.rule();
    const std::vector<double> at = normals(41 * rule.width(), 21);
    for (const std::uint64_t key : {22U, 23U, 24U}) {
      const std::vector<float> h = float_normals(at.size(), key);
      const std::vector<double> found = step_lengths(rule, made.truth(), at, h);
      for (std::size_t k = 0; k < (rule.of_values() ? found.size() : 1); ++k) {
        const auto loss_of = [&](double length) {
          return output_losses(rule, made.truth(), moved(at, h, std::vector<double>(found.size(), length)))[k];
        };
        for (const double scale : {5.0, 0.1, 0.001})
          for (int i = -100; i <= 100; ++i)
            EXPECT_GE(loss_of(found[k] + scale * i / 100), loss_of(found[k]) - 1e-13) << made.options.loss << " " << k;
      }
    }
  }
}

TEST(StepLength, IsNothingWhereTheLearnerSaysNothing) {
  for (const GradientCase& made : gradient_cases()) {
    const GradientRule rule = made.rule();
    const std::vector<double> at = normals(41 * rule.width(), 31);
    EXPECT_THAT(step_lengths(rule, made.truth(), at, std::vector<float>(at.size())), Each(0.0)) << made.options.loss;
  }
}

TEST(StepLength, EndsWhereClassesArePartedWithoutError) {
  const GradientCase made = classes_case("logistic", {0, 1, 1}, 2);
  const std::vector<double> zeros(3);
  EXPECT_THAT(step_lengths(made.rule(), made.truth(), zeros, std::vector<float>{-0.5F, 0.25F, 0.5F}), ElementsAre(20));
  EXPECT_THAT(step_lengths(made.rule(), made.truth(), zeros, std::vector<float>{0.5F, -0.25F, -0.5F}),
              ElementsAre(-20));
}

// Far out Newton's first step overshoots by orders of magnitude; the bracket does not let it.
TEST(StepLength, SurvivesFlatPlaces) {
  const GradientCase made = classes_case("logistic", {0, 1, 0}, 2);
  const std::vector<double> far = {6, 6, 6};
  const std::vector<float> h = {1, 1, 1};
  EXPECT_NEAR(step_lengths(made.rule(), made.truth(), far, h)[0], -std::log(2) - 6, 1e-8);
}

TEST(StepLength, AWeightIsAsManyRepeats) {
  for (const GradientCase& made : gradient_cases()) {
    const GradientRule rule = made.rule();
    const std::size_t width = rule.width(), truths = rule.of_values() ? made.num_outputs : 0;
    const std::vector<double> at = normals(41 * width, 41);
    const std::vector<float> h = float_normals(at.size(), 42);
    GradientCase repeated = made;
    repeated.labels.clear();
    repeated.values.clear();
    repeated.weights.clear();
    std::vector<double> many_at;
    std::vector<float> many_h;
    for (std::size_t row = 0; row < 41; ++row)
      for (float times = made.weights[row]; times > 0; --times) {
        if (truths == 0) repeated.labels.push_back(made.labels[row]);
        for (std::size_t k = 0; k < truths; ++k) repeated.values.push_back(made.values[row * truths + k]);
        for (std::size_t k = row * width; k < (row + 1) * width; ++k) {
          many_at.push_back(at[k]);
          many_h.push_back(h[k]);
        }
      }
    const auto a = step_lengths(rule, made.truth(), at, h), b = step_lengths(rule, repeated.truth(), many_at, many_h);
    for (std::size_t k = 0; k < a.size(); ++k) EXPECT_NEAR(a[k], b[k], 1e-9) << made.options.loss;
    const auto starts = initial_values(rule, made.truth()), others = initial_values(rule, repeated.truth());
    for (std::size_t k = 0; k < a.size(); ++k) EXPECT_NEAR(starts[k], others[k], 1e-14) << made.options.loss;
  }
}

}  // namespace
}  // namespace jury
