#include "models/nn/optimizer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "models/nn/aligned_block.hpp"
#include "models/nn/train_options.hpp"
#include "vector_sets.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

// The first parameter after each of the gradients, from 1.
std::vector<double> path(const TrainOptions& options, const std::vector<float>& gradients) {
  AlignedBlock params(1), grads(1);
  const auto optimizer = make_optimizer(options, params.size());
  params.data()[0] = 1;
  std::vector<double> values;
  for (const float gradient : gradients) {
    grads.data()[0] = gradient;
    optimizer->step(params.span(), grads.span(), options.lr);
    values.push_back(static_cast<double>(params.data()[0]));
  }
  return values;
}

void expect_path(const std::vector<double>& got, const std::vector<double>& expected) {
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], expected[i], 3e-7) << "step " << i + 1;
}

TEST(Optimizers, SgdStepsAgainstTheGradient) {
  expect_path(path({.optimizer = "sgd", .lr = 0.1}, {1, -2, 3}), {0.9, 1.1, 0.8});
}

// velocity 1, 0.5 - 2 = -1.5, -0.75 + 3 = 2.25
TEST(Optimizers, MomentumKeepsAShareOfItsLastStep) {
  const std::vector<double> expected = {0.9, 1.05, 0.825};
  expect_path(path({.optimizer = "momentum", .lr = 0.1, .momentum = 0.5}, {1, -2, 3}), expected);
  expect_path(path({.optimizer = "sgd", .lr = 0.1, .momentum = 0.5}, {1, -2, 3}), expected);
}

// velocity 1, 0.9 + 1 = 1.9
TEST(Optimizers, MomentumDefaultsToNineTenths) {
  expect_path(path({.optimizer = "momentum", .lr = 0.1}, {1, 1}), {0.9, 0.71});
}

// By hand, beta1 = 0.5, beta2 = 0.75, epsilon = 0.5, lr = 0.1, gradients 2, -1:
//   m = 1, v = 1, corrected 2 and 4: 1 - 0.1 * 2 / (2 + 0.5) = 0.92
//   m = 0, v = 1: no move
// and a third gradient 3: m = 1.5, v = 3, corrected 1.5 / 0.875 and 3 / 0.578125.
TEST(Optimizers, AdamFollowsKingmaAndBa) {
  const double third = 0.92 - 0.1 * (1.5 / 0.875) / (std::sqrt(3 / 0.578125) + 0.5);
  expect_path(path({.optimizer = "adam", .lr = 0.1, .beta1 = 0.5, .beta2 = 0.75, .epsilon = 0.5}, {2, -1, 3}),
              {0.92, 0.92, third});
}

// Its first step is lr against the sign, whatever the size of the gradient.
TEST(Optimizers, AdamsFirstStepIsTheLearningRate) {
  for (const float gradient : {1e-3F, 1.0F, 1e4F})
    expect_path(path({.optimizer = "adam", .lr = 0.01}, {gradient}), {0.99});
}

// velocity 1, 0.5 - 2 = -1.5, -0.75 + 3 = 2.25; the gradient and half of them: 1.5, -2.75, 4.125
TEST(Optimizers, NesterovLooksAhead) {
  expect_path(path({.optimizer = "nesterov", .lr = 0.1, .momentum = 0.5}, {1, -2, 3}), {0.85, 1.125, 0.7125});
}

// 1 + 0.9, then velocity 1.9 and 1 + 1.71
TEST(Optimizers, NesterovDefaultsToNineTenths) {
  expect_path(path({.optimizer = "nesterov", .lr = 0.1}, {1, 1}), {0.81, 0.539});
}

// Roots of 9, 25 and 169.
TEST(Optimizers, AdagradDividesByAllGradientsSoFar) {
  expect_path(path({.optimizer = "adagrad", .lr = 0.1}, {3, -4, 12}), {0.9, 0.98, 0.98 - 1.2 / 13});
  expect_path(path({.optimizer = "adagrad", .lr = 0.1, .epsilon = 1}, {3}), {1 - 0.3 / 4});
}

// Mean squares 1, 1, 3 with rho = 0.75, as in Adam's above.
TEST(Optimizers, RmspropDividesByTheRunningSize) {
  const double last = 3 / (std::sqrt(3.0) + 0.5);
  expect_path(path({.optimizer = "rmsprop", .lr = 0.1, .rho = 0.75, .epsilon = 0.5}, {2, -1, 3}),
              {1 - 0.4 / 3, 1 - 0.2 / 3, 1 - 0.2 / 3 - 0.1 * last});
  // velocity 4/3, 2/3 - 2/3 = 0, last
  expect_path(path({.optimizer = "rmsprop", .lr = 0.1, .momentum = 0.5, .rho = 0.75, .epsilon = 0.5}, {2, -1, 3}),
              {1 - 0.4 / 3, 1 - 0.4 / 3, 1 - 0.4 / 3 - 0.1 * last});
}

// 0.01 g^2 under the root: the first step is ten times the rate.
TEST(Optimizers, RmspropDefaultsToAMemoryOfAHundred) {
  expect_path(path({.optimizer = "rmsprop", .lr = 0.01}, {5}), {0.9});
}

// rho = 0.75, epsilon = 1: mean squares 1, 1, 3; mean squared moves before each 0, 0.5, 0.5625;
// moves 2 sqrt(1/2), -sqrt(1.5/2), 3 sqrt(1.5625/4).
TEST(Optimizers, AdadeltaMovesAsFarAsBefore) {
  const double first = 1 - std::sqrt(2.0), second = first + std::sqrt(0.75);
  expect_path(path({.optimizer = "adadelta", .lr = 1, .rho = 0.75, .epsilon = 1}, {2, -1, 3}),
              {first, second, second - 1.875});
  expect_path(path({.optimizer = "adadelta", .lr = 0.1, .rho = 0.75, .epsilon = 1}, {2}), {1 - 0.1 * std::sqrt(2.0)});
}

// sqrt(1e-6) / sqrt(0.1) for a gradient that is large beside epsilon.
TEST(Optimizers, AdadeltaDefaultsToAMemoryOfTen) {
  expect_path(path({.optimizer = "adadelta", .lr = 1}, {1000}), {1 - std::sqrt(1e-5)});
}

// Steps 0.1, 0.12; the change of sign halves it and rests; 0.06 as it is; 0.072.
TEST(Optimizers, RpropFollowsSignsAlone) {
  expect_path(path({.optimizer = "rprop", .lr = 0.1}, {1, 2, -1, -3, -0.5F}), {0.9, 0.78, 0.78, 0.84, 0.912});
  expect_path(path({.optimizer = "rprop", .lr = 0.1}, {1, 0, 1e-30F, 1e-30F}), {0.9, 0.9, 0.8, 0.68});
}

TEST(Optimizers, RpropsStepsHaveLimits) {
  expect_path(path({.optimizer = "rprop", .lr = 49}, {-1, -1, -1}), {50, 100, 150});
  AlignedBlock params(1), grads(1);
  const auto optimizer = make_optimizer({.optimizer = "rprop", .lr = 1.5e-6}, params.size());
  for (const float gradient : {1.0F, -1.0F, 1.0F}) {  // halved once, then no sign to change
    grads.data()[0] = gradient;
    optimizer->step(params.span(), grads.span(), 1.5e-6);
  }
  EXPECT_FLOAT_EQ(params.data()[0], -2.5e-6F);
}

// A rate of half of train.lr halves the step that the signs ask for.
TEST(Optimizers, RpropsStepsFollowTheSchedule) {
  AlignedBlock params(1), grads(1);
  const auto optimizer = make_optimizer({.optimizer = "rprop", .lr = 0.1}, params.size());
  grads.data()[0] = 1;
  optimizer->step(params.span(), grads.span(), 0.1);
  optimizer->step(params.span(), grads.span(), 0.05);
  EXPECT_FLOAT_EQ(params.data()[0], -0.16F);
}

TEST(Optimizers, AdamwIsAdamWhoseDecayIsDecoupled) {
  for (const auto& line : optimizers()) EXPECT_EQ(line.make.decoupled_decay, line.name == "adamw") << line.name;
  EXPECT_EQ(path({.optimizer = "adamw"}, {2, -1, 3}), path({.optimizer = "adam"}, {2, -1, 3}));
}

// One parameter's update as published, in double.
struct NaiveOptimizer {
  double p, a = 0, b = 0;
  void step(const std::string& rule, double g, double lr, int t) {
    const auto decayed = [g](double rho, double mean) { return rho * mean + (1 - rho) * g * g; };
    if (rule == "sgd") p -= lr * g;
    if (rule == "momentum" || rule == "nesterov") {
      a = 0.9 * a + g;
      p -= lr * (rule == "momentum" ? a : g + 0.9 * a);
    }
    if (rule == "adam" || rule == "adamw") {
      a = 0.9 * a + 0.1 * g;
      b = decayed(0.999, b);
      p -= lr * (a / (1 - std::pow(0.9, t))) / (std::sqrt(b / (1 - std::pow(0.999, t))) + 1e-8);
    }
    if (rule == "adagrad") {
      a += g * g;
      p -= lr * g / (std::sqrt(a) + 1e-10);
    }
    if (rule == "adadelta") {
      a = decayed(0.9, a);
      const double move = std::sqrt(b + 1e-6) / std::sqrt(a + 1e-6) * g;
      b = 0.9 * b + 0.1 * move * move;
      p -= lr * move;
    }
    if (rule == "rmsprop") {
      a = decayed(0.99, a);
      p -= lr * g / (std::sqrt(a) + 1e-8);
    }
    if (rule == "rprop") {
      b = t == 1 ? lr : b;
      if (a * g > 0) b = std::min(b * 1.2, 50.0);
      if (a * g < 0) {
        b = std::max(b * 0.5, 1e-6);
        g = 0;
      }
      p -= g > 0 ? b : g < 0 ? -b : 0;
      a = g;
    }
  }
};

class OptimizerKernels : public WithVectorSet {};
INSTANTIATE_TEST_SUITE_P(EveryVectorSet, OptimizerKernels, testing::ValuesIn(vector_sets()), vector_set_name);

// 50 parameters fill vectors and a part of one; what lies behind them must stay 0.
TEST_P(OptimizerKernels, EveryEntryIsTheNaiveOne) {
  constexpr std::size_t kParams = 50;
  for (const auto& line : optimizers()) {
    TrainOptions options{.lr = 0.01};
    options.optimizer = line.name;
    AlignedBlock params(kParams), grads(kParams);
    const AlignedBlock start = normals(kParams, 1);
    const auto optimizer = make_optimizer(options, params.size());
    std::vector<NaiveOptimizer> naive;
    for (std::size_t i = 0; i < kParams; ++i) {
      params.data()[i] = start.data()[i];
      naive.push_back({.p = static_cast<double>(start.data()[i])});
    }
    for (int t = 1; t <= 5; ++t) {
      const AlignedBlock gradient = normals(kParams, 100 + static_cast<std::uint64_t>(t));
      for (std::size_t i = 0; i < kParams; ++i) {
        grads.data()[i] = gradient.data()[i];
        naive[i].step(options.optimizer, static_cast<double>(gradient.data()[i]), options.lr, t);
      }
      optimizer->step(params.span(), grads.span(), options.lr);
      for (std::size_t i = 0; i < kParams; ++i)  // 1 - 0.999 has 1e-5 of error in float
        ASSERT_NEAR(static_cast<double>(params.data()[i]), naive[i].p, 2e-6) << line.name << " step " << t;
    }
    for (std::size_t i = kParams; i < params.size(); ++i) EXPECT_EQ(params.data()[i], 0.0F) << line.name;
  }
}

TEST(Optimizers, EveryEntryBuildsFromDefaultsAndMovesDownhill) {
  for (const auto& line : optimizers()) {
    TrainOptions options;
    options.optimizer = line.name;
    EXPECT_LT(path(options, {1}).front(), 1) << line.name;
  }
}

TEST(Optimizers, AnUnknownNameListsTheKnownOnes) {
  EXPECT_THAT(
      [] { make_optimizer({.optimizer = "newton"}, 16); },
      ThrowsMessage<ConfigError>(HasSubstr("no optimizer is called 'newton' (known: sgd, momentum, nesterov, adam")));
}

}  // namespace
}  // namespace jury
