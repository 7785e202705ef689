// What each option of [train] does to a whole training.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "layer_tables.hpp"
#include "training_fixture.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

using TrainingParts = Training;

double norm_of_change(const std::vector<float>& from, const std::vector<float>& to) {
  double squares = 0;
  for (std::size_t i = 0; i < from.size(); ++i)
    squares += std::pow(static_cast<double>(to[i]) - static_cast<double>(from[i]), 2);
  return std::sqrt(squares);
}

TEST_F(TrainingParts, EachChangeOfAStepMattersAndIsDeterministic) {
  const ToyData data = toy_blobs(50, 4, 3);
  const NetworkSpec spec = data.network({.hidden = {8}});
  const TrainOptions plain{.batch = 16, .epochs = 2};
  const auto base = fit(spec, plain, data.all());
  std::vector<TrainOptions> changed(7, plain);
  changed[0].adversarial = 0.05;
  changed[1].weight_noise = 0.05;
  changed[2].input_noise = 0.05;
  changed[3].mixup = 0.3;
  changed[4].label_smoothing = 0.1;
  changed[5].precision = "bf16_emulated";
  changed[6].weight_decay = 0.1;
  for (std::size_t i = 0; i < changed.size(); ++i) {
    const auto once = fit(spec, changed[i], data.all());
    EXPECT_NE(once.weights, base.weights) << i;
    PlanCache cold;
    EXPECT_EQ(train(spec, changed[i], data.all(), kStreams, {cold, stop_}).weights, once.weights) << i;
  }
}

TEST_F(TrainingParts, NoiseFollowsItsStream) {
  const ToyData data = toy_blobs(50, 4, 3);
  const NetworkSpec spec = data.network({.hidden = {8}});
  TrainStreams other = kStreams;
  other.noise += 1;
  for (TrainOptions options : {TrainOptions{.batch = 16, .epochs = 2, .input_noise = 0.1},
                               TrainOptions{.batch = 16, .epochs = 2, .weight_noise = 0.1}})
    EXPECT_NE(fit(spec, options, data.all(), other).weights, fit(spec, options, data.all()).weights);
}

TEST_F(TrainingParts, CodesAreNotChanged) {
  const ToyData data = toy_blobs(30, 3, 2);
  Inputs inputs(3);
  inputs.codes = {{.input = 1, .size = 4}};
  const NetworkSpec spec = make_network({.embedding = 2}, inputs, {TaskKind::classification, 2});
  EXPECT_EQ(fit(spec, {.epochs = 1, .adversarial = 0.1}, data.all()).status, TrainStatus::completed);
  EXPECT_THAT([&] { check_training(spec, {.input_noise = 0.1}, data.dataset); },
              ThrowsMessage<ConfigError>(HasSubstr("train.input_noise does not go with an embedding")));
  EXPECT_THAT([&] { fit(spec, {.epochs = 1, .mixup = 0.1}, data.all()); },
              ThrowsMessage<ConfigError>(HasSubstr("train.mixup does not go with an embedding")));
}

TEST_F(TrainingParts, AFullBatchIsOneStepAnEpoch) {
  const ToyData data = toy_blobs(50, 4, 3);
  const NetworkSpec spec = data.network({});
  TrainOptions options{.batch = std::string("full"), .epochs = 3};
  const auto full = fit(spec, options, data.all());
  EXPECT_EQ(full.steps, 3);
  EXPECT_EQ(full.weights, fit(spec, {.batch = 50, .epochs = 3}, data.all()).weights);
  options.early_stopping = EarlyStoppingOptions{.fraction = 0.2};
  EXPECT_EQ(fit(spec, options, data.all()).steps, 3);
}

TEST_F(TrainingParts, ALimitOfStepsIsTheEndOfTheSchedule) {
  const ToyData data = toy_blobs(50, 3, 2);
  TrainOptions options{.lr = 0.5, .batch = 16, .epochs = 9, .max_steps = 6, .schedule = "cosine", .lr_min = 0.1};
  const auto result = fit(data.network({}), options, data.all());
  EXPECT_EQ(result.steps, 6);
  ASSERT_EQ(result.curve.size(), 2);
  options.max_steps = 0;
  options.epochs = 2;
  const auto whole = fit(data.network({}), options, data.all());
  EXPECT_LT(result.curve.back().lr, result.curve.front().lr);
  EXPECT_NE(result.curve.front().lr, whole.curve.front().lr);  // 8 steps instead of 6
}

TEST_F(TrainingParts, BatchNormalisationNeedsTwoRowsAStep) {
  const ToyData data = toy_blobs(33, 4, 3);
  const NetworkSpec spec = data.network({.hidden = {6}, .batch_norm = true});
  EXPECT_EQ(fit(spec, {.batch = 16, .epochs = 2}, data.all()).steps, 4);  // 16 + 16, the last row left out
  EXPECT_EQ(fit(spec, {.batch = 31, .epochs = 2}, data.all()).steps, 4);  // 31 + 2
  EXPECT_EQ(fit(data.network({.hidden = {6}}), {.batch = 16, .epochs = 2}, data.all()).steps, 6);
  const auto message =
      ThrowsMessage<ConfigError>(HasSubstr("a batch of 1 row is too small (batch normalisation needs at least 2"));
  EXPECT_THAT([&] { fit(spec, {.batch = 1, .epochs = 2}, data.all()); }, message);
  EXPECT_THAT([&] { check_training(spec, {.batch = 1}, data.dataset); }, message);
}

TEST_F(TrainingParts, BatchNormalisationOfImagesTakesOneRow) {
  const ToyData data = toy_blobs(33, 12, 3);
  const NetworkSpec spec = network_of({layer("conv_block", {{"channels", 3}})}, {1, 3, 4});
  EXPECT_EQ(fit(spec, {.batch = 16, .epochs = 2}, data.all()).steps, 6);
}

TEST_F(TrainingParts, WhatDivergesCarriesNothingThatIsNotFinite) {
  const ToyData data = toy_line(60);
  const NetworkSpec spec = data.network({.hidden = {8}});
  TrainOptions options{.optimizer = "momentum", .lr = 30, .batch = 20, .epochs = 50};
  for (const bool watched : {false, true}) {
    if (watched) options.early_stopping = EarlyStoppingOptions{.patience = 50};
    const auto result = fit(spec, options, data.all());
    ASSERT_EQ(result.status, TrainStatus::diverged);
    EXPECT_TRUE(result.weights.empty());
    EXPECT_TRUE(result.latest.empty());
    for (const EpochRecord& epoch : result.curve) {
      EXPECT_TRUE(std::isfinite(epoch.train_loss));
      EXPECT_EQ(std::isfinite(epoch.valid_loss), watched);
    }
  }
}

TEST_F(TrainingParts, ClippingBoundsTheStep) {
  const ToyData data = toy_blobs(40, 4, 3);
  const NetworkSpec spec = data.network({.hidden = {6}});
  const auto start = Network(spec).initial_weights(kStreams.init);
  TrainOptions options{.optimizer = "sgd", .lr = 1, .batch = std::string("full"), .epochs = 1};
  ASSERT_GT(norm_of_change(start, fit(spec, options, data.all()).weights), 0.2);
  options.clip_norm = 0.1;
  EXPECT_NEAR(norm_of_change(start, fit(spec, options, data.all()).weights), 0.1, 1e-6);
  options.clip_norm = 0;
  options.clip_value = 0.01;
  const auto clipped = fit(spec, options, data.all()).weights;
  float largest = 0;
  for (std::size_t i = 0; i < start.size(); ++i) largest = std::max(largest, std::abs(clipped[i] - start[i]));
  EXPECT_NEAR(largest, 0.01F, 1e-6F);
}

TEST_F(TrainingParts, L1DrivesWeightsToSmallValues) {
  const ToyData data = toy_blobs(60, 10, 2);
  const NetworkSpec spec = data.network({.type = "linear"});
  TrainOptions options{.optimizer = "sgd", .lr = 0.05, .batch = 20, .epochs = 60};
  const auto small = [&](const TrainResult& result) {
    return std::ranges::count_if(std::span(result.weights).first(20), [](float w) { return std::abs(w) < 0.02F; });
  };
  EXPECT_LT(small(fit(spec, options, data.all())), 4);
  options.l1 = 0.2;
  EXPECT_GT(small(fit(spec, options, data.all())), 12);
}

TEST_F(TrainingParts, ClassWeightsAreWeightsOfTheRows) {
  const ToyData data = toy_blobs(45, 4, 3);
  const NetworkSpec spec = data.network({.hidden = {6}});
  TrainOptions options{.batch = 16, .epochs = 2};
  std::vector<float> weights;
  for (const std::uint32_t row : data.rows) weights.push_back(data.dataset.labels()[row] == 2 ? 4.0F : 1.0F);
  const auto by_row = fit(spec, options, data.of(data.rows, weights));
  options.class_weights = list({Config(std::int64_t{1}), Config(1.0), Config(4.0)});
  EXPECT_EQ(fit(spec, options, data.all()).weights, by_row.weights);
  EXPECT_NE(fit(spec, {.batch = 16, .epochs = 2}, data.all()).weights, by_row.weights);
}

// Its rounding errors are a thousandth: far less than what a step of training changes.
TEST_F(TrainingParts, Bf16LearnsAsWell) {
  const ToyData data = toy_blobs(120, 16, 4);
  const NetworkSpec spec = data.network({.hidden = {16}});
  TrainOptions options{.lr = 0.01, .batch = 20, .epochs = 15};
  const auto wide = fit(spec, options, data.all());
  options.precision = "bf16_emulated";
  const auto narrow = fit(spec, options, data.all());
  EXPECT_LT(wide.curve.back().train_loss, 0.2 * wide.curve.front().train_loss);
  EXPECT_NE(narrow.weights, wide.weights);
  for (std::size_t i = 0; i < wide.curve.size(); ++i)
    EXPECT_NEAR(narrow.curve[i].train_loss, wide.curve[i].train_loss, 0.02 + 0.05 * wide.curve[i].train_loss);
}

TEST_F(TrainingParts, Bf16NeedsItsProcessor) {
  if (has_bf16()) GTEST_SKIP() << "this processor has bf16";
  const ToyData data = toy_blobs(20, 4, 3);
  TrainOptions options{.epochs = 1};
  options.precision = "bf16";
  EXPECT_THAT([&] { check_training(data.network({}), options, data.dataset); },
              ThrowsMessage<ConfigError>(
                  testing::AllOf(HasSubstr("train.precision = \"bf16\" needs a processor with bf16 (this one has "),
                                 HasSubstr("bf16_emulated"))));
}

}  // namespace
}  // namespace jury
