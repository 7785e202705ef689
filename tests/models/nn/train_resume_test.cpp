// A training that was stopped and goes on is the one that was not.
#include <gmock/gmock.h>

#include <cmath>

#include "layer_tables.hpp"
#include "models/nn/optimizer.hpp"
#include "training_fixture.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

class Resume : public Training {
 protected:
  // Every layer that draws or remembers.
  static NetworkSpec network() {
    return network_of(
        {layer("conv_block", {{"channels", 3}, {"dropout2d", 0.2}}), layer("gaussian_noise"), layer("flatten"),
         layer("dense", {{"units", 6}, {"activation", "tanh"}}), layer("dropout", {{"rate", 0.3}})},
        {2, 4, 5});
  }
  // Every option that draws, remembers or follows the step.
  static TrainOptions everything() {
    TrainOptions options{.lr = 0.01, .batch = 16, .epochs = 5, .schedule = "cosine", .warmup = 1.5};
    options.class_weights = Config("balanced");
    options.label_smoothing = 0.1;
    options.weight_decay = 1e-3;
    options.l1 = 1e-4;
    options.max_norm = 2;
    options.clip_norm = 5;
    options.clip_value = 2;
    options.mixup = 0.4;
    options.cutmix = 1;
    options.input_noise = 0.1;
    options.weight_noise = 0.01;
    options.adversarial = 0.01;
    options.augment = AugmentOptions{.flip = 0.5, .shift = 0.2, .brightness = 0.2};
    options.checkpoint_epochs = 1;
    return options;
  }
  std::vector<Bytes> checkpoints(const TrainOptions& options, const NetworkSpec& spec = network()) {
    std::vector<Bytes> all;
    train(spec, options, data_.all(), kStreams,
          {plans_, stop_, {}, {}, [&](const Bytes& bytes) { all.push_back(bytes); }});
    return all;
  }
  TrainResult resumed(const TrainOptions& options, const Bytes& checkpoint, const NetworkSpec& spec = network()) {
    PlanCache cold;
    return train(spec, options, data_.all(), kStreams, {cold, stop_, {}, checkpoint});
  }
  void expect_same_from_each_checkpoint(const TrainOptions& options) {
    const auto whole = fit(network(), options, data_.all());
    ASSERT_EQ(whole.status, TrainStatus::completed);
    const auto all = checkpoints(options);
    ASSERT_EQ(all.size(), static_cast<std::size_t>(whole.epochs) - 1);  // none after the last
    for (const Bytes& checkpoint : all) {
      const auto result = resumed(options, checkpoint);
      EXPECT_EQ(result.status, TrainStatus::completed);
      EXPECT_EQ(result.weights, whole.weights);
      EXPECT_EQ(result.latest, whole.latest);
      EXPECT_EQ(result.epochs, whole.epochs);
      EXPECT_EQ(result.best_epoch, whole.best_epoch);
      EXPECT_EQ(result.steps, whole.steps);
      ASSERT_EQ(result.curve.size(), whole.curve.size());
      for (std::size_t i = 0; i < whole.curve.size(); ++i) {
        EXPECT_EQ(result.curve[i].train_loss, whole.curve[i].train_loss);
        EXPECT_EQ(result.curve[i].lr, whole.curve[i].lr);
        EXPECT_EQ(result.curve[i].valid_scores, whole.curve[i].valid_scores);
      }
    }
  }

  const ToyData data_ = toy_blobs(55, 40, 3);
};

TEST_F(Resume, WithEverythingAndEarlyStopping) {
  TrainOptions options = everything();
  options.early_stopping = EarlyStoppingOptions{.patience = 2, .fraction = 0.2};
  expect_same_from_each_checkpoint(options);
}

TEST_F(Resume, WithEverythingAndAveraging) {
  TrainOptions options = everything();
  options.averaging = AveragingOptions{.start = 0.4, .lr = 0.005};
  expect_same_from_each_checkpoint(options);
}

TEST_F(Resume, WithEachOptimizer) {
  for (const auto& line : optimizers()) {
    SCOPED_TRACE(line.name);
    TrainOptions options{.lr = 0.01, .batch = 16, .epochs = 3, .schedule = "exponential", .checkpoint_epochs = 1};
    options.optimizer = line.name;
    if (line.name == "sgd" || line.name == "rmsprop") options.momentum = 0.9;
    expect_same_from_each_checkpoint(options);
  }
}

TEST_F(Resume, AfterBeingStopped) {
  const TrainOptions options = everything();
  StopFlag stop;
  PlanCache plans;
  const auto stopped =
      train(network(), options, data_.all(), kStreams, {plans, stop, {}, {}, [&](const Bytes&) { stop.set(); }});
  ASSERT_EQ(stopped.status, TrainStatus::stopped);
  EXPECT_EQ(stopped.epochs, 1);
  ASSERT_FALSE(stopped.checkpoint.empty());
  EXPECT_EQ(resumed(options, stopped.checkpoint).weights, fit(network(), options, data_.all()).weights);
}

// Whatever length is left of it; what was read by then must not matter.
TEST_F(Resume, ATornCheckpointIsAnError) {
  TrainOptions options = everything();
  options.early_stopping = EarlyStoppingOptions{};
  const Bytes whole = checkpoints(options).front();
  for (std::size_t size = 1; size < whole.size(); size += 97) {
    const Bytes torn(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_THROW(resumed(options, torn), DataError) << size;
  }
  Bytes longer = whole;
  longer.push_back(std::byte{});
  EXPECT_THROW(resumed(options, longer), DataError);
}

TEST_F(Resume, ACheckpointOfAnotherTrainingIsAnError) {
  TrainOptions options = everything();
  const Bytes checkpoint = checkpoints(options).front();
  TrainOptions other = options;
  other.optimizer = "sgd";
  EXPECT_THROW(resumed(other, checkpoint), DataError);
  other = options;
  other.averaging = AveragingOptions{};
  EXPECT_THAT([&] { resumed(other, checkpoint); },
              ThrowsMessage<DataError>(HasSubstr("checkpoint is of another training")));
  const NetworkSpec larger = network_of({layer("flatten"), layer("dense", {{"units", 30}})}, {2, 4, 5});
  EXPECT_THROW(resumed(options, checkpoint, larger), DataError);
  PlanCache plans;
  TrainStreams streams = kStreams;
  streams.shuffle += 1;
  EXPECT_THAT(
      [&] {
        train(network(), options, data_.all(), streams, {plans, stop_, {}, checkpoint});
      },
      ThrowsMessage<DataError>(HasSubstr("checkpoint is of another training")));
}

}  // namespace
}  // namespace jury
