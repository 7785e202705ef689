#include "models/nn/schedule.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

// The rate of every step, `lr` being 2.
std::vector<double> rates(const ScheduleOptions& options, std::int64_t steps_per_epoch, std::int64_t total_steps) {
  std::vector<double> all;
  for (std::int64_t step = 0; step < total_steps; ++step)
    all.push_back(
        learning_rate(options, 2, {.step = step, .steps_per_epoch = steps_per_epoch, .total_steps = total_steps}));
  return all;
}

void expect_falling(const std::vector<double>& values, std::size_t from, std::size_t to) {
  for (std::size_t i = from + 1; i < to; ++i) EXPECT_LT(values[i], values[i - 1]) << "step " << i;
}

TEST(Schedules, ConstantStays) {
  for (const double rate : rates({}, 3, 12)) EXPECT_EQ(rate, 2);
}

// Every two epochs of three steps.
TEST(Schedules, StepFallsAtItsEpochs) {
  const auto all = rates({.type = "step", .period = 2, .factor = 0.1}, 3, 20);
  for (std::size_t i = 0; i < all.size(); ++i)
    EXPECT_DOUBLE_EQ(all[i], 2 * std::pow(0.1, static_cast<double>(i / 6))) << "step " << i;
}

TEST(Schedules, StepMayFallWithinAnEpoch) {
  const auto all = rates({.type = "step", .period = 0.5, .factor = 0.5}, 4, 5);
  EXPECT_EQ(all, (std::vector<double>{2, 2, 1, 1, 0.5}));
}

TEST(Schedules, ExponentialFallsByOneFactor) {
  const auto all = rates({.type = "exponential", .factor = 0.01}, 10, 101);
  EXPECT_EQ(all.front(), 2);
  EXPECT_DOUBLE_EQ(all[50], 0.2);
  EXPECT_DOUBLE_EQ(all.back(), 0.02);
  for (std::size_t i = 1; i < all.size(); ++i) EXPECT_NEAR(all[i] / all[i - 1], std::pow(0.01, 0.01), 1e-12);
}

TEST(Schedules, LinearFallsByOneAmount) {
  const auto all = rates({.type = "linear", .factor = 0.5}, 10, 101);
  EXPECT_EQ(all.front(), 2);
  EXPECT_DOUBLE_EQ(all[25], 1.75);
  EXPECT_DOUBLE_EQ(all.back(), 1);
  for (std::size_t i = 1; i < all.size(); ++i) EXPECT_NEAR(all[i - 1] - all[i], 0.01, 1e-12);
}

TEST(Schedules, CosineEndsAtItsLeast) {
  const auto all = rates({.type = "cosine", .lr_min = 0.5}, 10, 101);
  EXPECT_EQ(all.front(), 2);
  EXPECT_DOUBLE_EQ(all[50], 1.25);
  EXPECT_NEAR(all[25], 0.5 + 1.5 * (1 + std::sqrt(0.5)) / 2, 1e-12);
  EXPECT_DOUBLE_EQ(all.back(), 0.5);
  expect_falling(all, 0, all.size());
}

TEST(Schedules, ACosineWhoseLeastIsAboveTheRateStays) {
  for (const char* type : {"cosine", "cosine_restarts"})
    for (const double rate : rates({.type = type, .lr_min = 3}, 2, 30)) EXPECT_DOUBLE_EQ(rate, 2) << type;
}

TEST(Schedules, CosineRestartsEveryPeriod) {
  const auto all = rates({.type = "cosine_restarts", .period = 2, .lr_min = 0.5}, 4, 30);
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_DOUBLE_EQ(all[i], all[i % 8]) << "step " << i;
  EXPECT_EQ(all[0], 2);
  EXPECT_DOUBLE_EQ(all[4], 1.25);
  expect_falling(all, 0, 8);
}

// Cycles of 4, 12 and 36 steps.
TEST(Schedules, CosineRestartsMayGrow) {
  const auto all = rates({.type = "cosine_restarts", .period = 1, .growth = 3}, 4, 52);
  for (const std::size_t start : {0U, 4U, 16U}) EXPECT_EQ(all[start], 2);
  for (const std::size_t half : {2U, 10U, 34U}) EXPECT_DOUBLE_EQ(all[half], 1);
  expect_falling(all, 0, 4);
  expect_falling(all, 4, 16);
  expect_falling(all, 16, 52);
}

// A cycle shorter than a step is a step: nothing moves.
TEST(Schedules, ACycleIsAtLeastAStep) {
  for (const double rate : rates({.type = "cosine_restarts", .period = 1e-3}, 1, 5)) EXPECT_EQ(rate, 2);
}

// torch.optim.lr_scheduler.OneCycleLR(max_lr=2, total_steps=100): peak at step 29.
TEST(Schedules, OneCycleIsPyTorchs) {
  const auto all = rates({.type = "one_cycle"}, 10, 100);
  EXPECT_NEAR(all.front(), 2.0 / 25, 1e-15);
  EXPECT_DOUBLE_EQ(all[29], 2);
  EXPECT_NEAR(all[64], 1 + 2.0 / 25e4 / 2, 1e-9);  // half of 29 to 99
  EXPECT_NEAR(all.back(), 2.0 / 25e4, 1e-15);
  for (std::size_t i = 1; i <= 29; ++i) EXPECT_GT(all[i], all[i - 1]);
  expect_falling(all, 29, 100);
}

// The largest slope of a cosine from 2 to 0 in n steps is pi / n.
TEST(Schedules, CurvesWithoutRestartsAreContinuous) {
  for (const char* type : {"constant", "exponential", "linear", "cosine", "one_cycle"}) {
    const auto all = rates({.type = type}, 10, 1000);
    for (std::size_t i = 1; i < all.size(); ++i) EXPECT_LE(std::abs(all[i] - all[i - 1]), 3.2 / 290) << type;
  }
}

TEST(Schedules, EveryOneIsFiniteAndPositiveHoweverShortTheTraining) {
  for (const auto& line : schedules())
    for (const std::int64_t total : {1, 2, 3, 4, 7}) {
      ScheduleOptions options{.growth = 2, .lr_min = 1e-3};
      options.type = line.name;
      for (const double rate : rates(options, 2, total)) {
        EXPECT_GT(rate, 0) << line.name << " " << total;
        EXPECT_LE(rate, 2) << line.name << " " << total;
      }
      EXPECT_EQ(learning_rate(options, 0, {.total_steps = total}), 0) << line.name;
    }
}

// One and a half epochs of four steps.
TEST(Schedules, WarmUpRisesLinearlyAndMultipliesTheCurve) {
  for (const auto& line : schedules()) {
    ScheduleOptions options{.period = 1, .factor = 0.5};
    options.type = line.name;
    const auto plain = rates(options, 4, 40);
    options.warmup = 1.5;
    const auto warmed = rates(options, 4, 40);
    for (std::size_t i = 0; i < plain.size(); ++i)
      EXPECT_NEAR(warmed[i], plain[i] * std::min(1.0, static_cast<double>(i + 1) / 6), 1e-15) << line.name << " " << i;
  }
}

TEST(Schedules, AnUnknownNameListsTheKnownOnes) {
  EXPECT_THAT([] { learning_rate({.type = "sawtooth"}, 1, {}); },
              ThrowsMessage<ConfigError>(HasSubstr("no schedule is called 'sawtooth' (known: constant, step")));
}

}  // namespace
}  // namespace jury
