#include "models/nn/apply_head.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "models/data/target_scaler.hpp"
#include "models/nn/aligned_block.hpp"
#include "models/nn/loss.hpp"
#include "models/nn/predict.hpp"
#include "models/nn/session.hpp"
#include "runtime/base/numbers.hpp"
#include "toy_data.hpp"

namespace jury {
namespace {

using testing::ElementsAre;
using testing::FloatNear;
using testing::Pointwise;
using enum TaskKind;

// What a head of so many outputs makes of whole rows of sums.
std::vector<float> applied(TaskKind task, Head head, std::int32_t outputs, const std::vector<float>& sums,
                           const TargetScaler* scaler = nullptr) {
  const NetworkSpec spec{
      .task = task, .input = {1}, .outputs = outputs, .head = head, .architecture = "", .layers = {}};
  AlignedBlock in(sums.size()), out(sums.size());
  std::ranges::copy(sums, in.data());
  apply_head(spec, scaler, in.span().first(sums.size()), out.span().first(sums.size()));
  return {out.data(), out.data() + sums.size()};
}

TEST(ApplyHead, SigmoidsOfClassesAreNormalised) {
  const double a = 1 / (1 + std::exp(-1.0)), b = 1 / (1 + std::exp(2.0));
  EXPECT_THAT(applied(classification, Head::sigmoid, 2, {1, -2, 0, 0}),
              Pointwise(FloatNear(1e-7F), std::vector<double>{a / (a + b), b / (a + b), 0.5, 0.5}));
}

// In float every sigmoid of these is 0.
TEST(ApplyHead, SigmoidsOfClassesThatAllSayNoStillCompare) {
  EXPECT_THAT(applied(classification, Head::sigmoid, 3, {-1000, -1000, -1000}),
              testing::Each(FloatNear(1.0F / 3, 1e-7F)));
  EXPECT_THAT(applied(classification, Head::sigmoid, 2, {-1e6F, -2e6F}), ElementsAre(1, 0));
}

TEST(ApplyHead, SigmoidsOfTargetsStandForThemselves) {
  EXPECT_THAT(applied(regression, Head::sigmoid, 2, {0, 200, -200, 1}),
              ElementsAre(0.5F, 1, FloatNear(0, 1e-30F), FloatNear(0.7310586F, 1e-6F)));
}

TEST(ApplyHead, LinearClassesAreClippedAndNormalised) {
  EXPECT_THAT(applied(classification, Head::linear, 3, {2, 0.5F, -3, -1, -2, 0, 0.25F, 0.25F, 0.25F}),
              Pointwise(FloatNear(1e-6F), std::vector<double>{2.0 / 3, 1.0 / 3, 0, 1.0 / 3, 1.0 / 3, 1.0 / 3, 1.0 / 3,
                                                              1.0 / 3, 1.0 / 3}));
}

TEST(ApplyHead, RatesAreExponentials) {
  EXPECT_THAT(applied(regression, Head::exponential, 1, {0, 1, -3}),
              ElementsAre(1, FloatNear(2.7182817F, 1e-6F), FloatNear(0.049787067F, 1e-8F)));
}

TEST(ApplyHead, MeansAndVariancesComeInTheUnitsOfTheTargets) {
  const TargetScaler scaler{{10, -5}, {2, 100}};
  const double one = std::log(2.0) + 1e-6;  // the variance of a sum of 0
  EXPECT_THAT(applied(regression, Head::mean_variance, 4, {0.5F, -1, 0, 0}, &scaler),
              ElementsAre(11, -105, FloatNear(static_cast<float>(4 * one), 1e-5F),
                          FloatNear(static_cast<float>(1e4 * one), 1e-2F)));
}

TEST(ApplyHead, VariancesInTinyUnitsStayPositive) {
  const TargetScaler scaler{{0}, {1e-25}};
  EXPECT_GT(applied(regression, Head::mean_variance, 2, {0, -50}, &scaler)[1], 0.0F);
}

TEST(ApplyHead, WhatIsNotFiniteStaysVisible) {
  const TargetScaler scaler{{0}, {1}};
  for (const float bad : {kFloatInfinity, -kFloatInfinity, std::numeric_limits<float>::quiet_NaN()})
    for (const auto& line : heads())
      for (const TaskKind task : {classification, regression}) {
        if ((line.make == Head::softmax) != (task == classification) && line.make != Head::sigmoid &&
            line.make != Head::linear)
          continue;
        if (line.make == Head::softmax && bad == -kFloatInfinity) continue;  // a share of 0
        const bool scaled = task == regression && scales_targets(line.make);
        const std::int32_t outputs = task == classification || line.make == Head::mean_variance ? 2 : 1;
        std::vector<float> sums(static_cast<std::size_t>(outputs), 0.5F);
        for (float& sum : sums) {
          const float before = sum;
          sum = bad;
          bool visible = false;
          for (const float value : applied(task, line.make, outputs, sums, scaled ? &scaler : nullptr))
            visible = visible || !std::isfinite(value);
          EXPECT_TRUE(visible) << line.name << " of " << name(task) << " with " << bad;
          sum = before;
        }
      }
}

// End to end: networks of every head predict rows of their width, in the units of the targets.
TEST(Predictions, OfANetworkOfNothingAreWhatItsHeadMakesOfZero) {
  use_threads(1);
  PlanCache plans;
  const ToyData classes = toy_blobs(70, 3, 4), line = toy_line(70);
  const auto predicted = [&](const ToyData& data, const NetworkSpec& spec) {
    const std::vector<float> zeros(num_parameters(spec));
    std::vector<float> out(data.rows.size() * static_cast<std::size_t>(spec.outputs));
    const bool scaled = !data.classes() && scales_targets(spec.head);
    predict({spec, zeros, data.pipeline, scaled ? &data.scaler : nullptr}, data.dataset, data.rows, plans, out);
    return out;
  };
  for (const char* output : {"softmax", "sigmoid", "linear"})
    EXPECT_THAT(predicted(classes, classes.network({.type = "linear", .output = output})), testing::Each(0.25F))
        << output;
  EXPECT_THAT(predicted(line, line.network({.type = "linear", .output = "exponential"})), testing::Each(1.0F));
  EXPECT_THAT(predicted(line, line.network({.type = "linear", .output = "sigmoid"})), testing::Each(0.5F));
  const auto wide = predicted(line, line.network({.type = "linear"}, "gaussian_nll"));
  ASSERT_EQ(wide.size(), 4 * line.rows.size());
  for (std::size_t i = 0; i < wide.size(); ++i) {
    const std::size_t target = i % 2;
    const double expected =
        i % 4 < 2 ? line.scaler.mean[target]
                  : (std::log(2.0) + 1e-6) * line.scaler.deviation[target] * line.scaler.deviation[target];
    EXPECT_NEAR(static_cast<double>(wide[i]), expected, 1e-6 * std::abs(expected));
  }
}

}  // namespace
}  // namespace jury
