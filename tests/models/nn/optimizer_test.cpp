#include "models/nn/optimizer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "models/nn/aligned_block.hpp"
#include "models/nn/train_options.hpp"

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

TEST(Optimizers, EveryEntryBuildsFromDefaultsAndMovesDownhill) {
  for (const auto& line : optimizers()) {
    TrainOptions options;
    options.optimizer = line.name;
    EXPECT_LT(path(options, {1}).front(), 1) << line.name;
  }
}

TEST(Optimizers, AnUnknownNameListsTheKnownOnes) {
  EXPECT_THAT([] { make_optimizer({.optimizer = "newton"}, 16); },
              ThrowsMessage<ConfigError>(HasSubstr("no optimizer is called 'newton' (known: sgd, momentum, adam)")));
}

}  // namespace
}  // namespace jury
