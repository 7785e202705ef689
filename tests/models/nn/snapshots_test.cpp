#include "models/nn/snapshots.hpp"

#include <gmock/gmock.h>

#include <map>
#include <utility>

#include "training_fixture.hpp"

namespace jury {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

TrainOptions cycles(std::int32_t epochs, double period) {
  return {.lr = 0.05, .batch = 16, .epochs = epochs, .schedule = "cosine_restarts", .lr_period = period};
}

TEST(SnapshotEpochs, AreTheEndsOfWholeCycles) {
  EXPECT_THAT(snapshot_epochs(cycles(12, 4)), ElementsAre(4, 8, 12));
  EXPECT_THAT(snapshot_epochs(cycles(13, 5)), ElementsAre(5, 10));
  EXPECT_THAT(snapshot_epochs(cycles(3, 1)), ElementsAre(1, 2, 3));
  EXPECT_THAT(snapshot_epochs(cycles(3, 3)), ElementsAre(3));
}

TEST(SnapshotEpochs, WithoutWholeEqualCyclesAreErrors) {
  const auto refused = [](const TrainOptions& options, const char* why) {
    EXPECT_THAT([&] { snapshot_epochs(options); }, ThrowsMessage<ConfigError>(HasSubstr(why)));
  };
  TrainOptions options = cycles(12, 4);
  options.schedule = "cosine";
  refused(options, "train.schedule = 'cosine' gives no snapshots (it has no cycles)");
  options = cycles(12, 4);
  options.lr_growth = 2;
  refused(options, "train.lr_growth = 2 makes cycles of unequal length");
  refused(cycles(12, 2.5), "train.lr_period = 2.5 ends cycles within an epoch");
  refused(cycles(12, 0.001), "train.lr_period = 0.001 ends cycles within an epoch");
  refused(cycles(12, 13), "train.lr_period = 13 is longer than train.epochs = 12");
  options = cycles(12, 4);
  options.max_steps = 100;
  refused(options, "train.max_steps = 100 may end a cycle early");
  options = cycles(12, 4);
  options.early_stopping = EarlyStoppingOptions{};
  refused(options, "train.early_stopping may end the training within a cycle");
}

class Snapshots : public Training {
 protected:
  using Weights = std::vector<float>;
  // Collects the weights of epochs; each must come once.
  auto collector(std::map<std::int32_t, Weights>& epochs) {
    return [&epochs](std::int32_t epoch, std::span<const float> weights) {
      EXPECT_TRUE(epochs.emplace(epoch, Weights(weights.begin(), weights.end())).second) << epoch;
    };
  }
  TrainContext context(std::map<std::int32_t, Weights>& epochs) {
    return {.plans = plans_, .stop = stop_, .epoch_end = collector(epochs)};
  }

  const ToyData data_ = toy_blobs(50, 4, 3);
  const NetworkSpec spec_ = data_.network({.hidden = {6}, .dropout = 0.2, .batch_norm = true});
};

// Rates are those of the schedule whatever comes later, so a shorter training ends where the longer one passes.
TEST_F(Snapshots, AreTheWeightsOfATrainingThatEndsThere) {
  std::map<std::int32_t, Weights> epochs;
  const TrainOptions options = cycles(6, 2);
  const auto whole = train(spec_, options, data_.all(), kStreams, context(epochs));
  ASSERT_EQ(epochs.size(), 6);
  EXPECT_EQ(epochs.at(6), whole.weights);
  for (const std::int32_t epoch : snapshot_epochs(options))
    EXPECT_EQ(epochs.at(epoch), fit(spec_, cycles(epoch, 2), data_.all()).weights) << epoch;
}

TEST_F(Snapshots, AreTakenWhereTheRateIsLeast) {
  const TrainOptions options = cycles(12, 4);
  const auto result = fit(spec_, options, data_.all());
  for (const std::int32_t end : snapshot_epochs(options)) {
    const auto last = static_cast<std::size_t>(end) - 1;
    for (std::size_t before = last - 3; before < last; ++before) EXPECT_LT(result.curve[last].lr, result.curve[before].lr);
  }
}

TEST_F(Snapshots, OfATrainingThatGoesOnAreThoseOfOneThatNeverStopped) {
  const TrainOptions options = cycles(6, 2);
  std::map<std::int32_t, Weights> whole, parts;
  train(spec_, options, data_.all(), kStreams, context(whole));
  Bytes checkpoint;
  for (int part = 0; part < 10; ++part) {
    StopFlag stop;
    const auto result = train(spec_, options, data_.all(), kStreams,
                              {.plans = plans_,
                               .stop = stop,
                               .checkpoint = checkpoint,
                               .epoch_end = [&](std::int32_t epoch, std::span<const float> weights) {
                                 collector(parts)(epoch, weights);
                                 if (epoch % 2 == 1) stop.set();
                               }});
    if (result.status == TrainStatus::completed) break;
    checkpoint = result.checkpoint;
  }
  EXPECT_EQ(parts, whole);
}

// What a crash leaves behind is the checkpoint and the snapshots that were taken before it.
TEST_F(Snapshots, OfAnEpochComeBeforeItsCheckpoint) {
  TrainOptions options = cycles(5, 2);
  options.checkpoint_epochs = 2;
  std::map<std::int32_t, Weights> whole, rest;
  std::vector<std::pair<std::size_t, Bytes>> saved;  // with the number of epochs that had ended
  TrainContext first = context(whole);
  first.save = [&](const Bytes& bytes) { saved.emplace_back(whole.size(), bytes); };
  train(spec_, options, data_.all(), kStreams, first);
  ASSERT_EQ(saved.size(), 2);
  EXPECT_EQ(saved[0].first, 2);
  EXPECT_EQ(saved[1].first, 4);
  train(spec_, options, data_.all(), kStreams,
        {.plans = plans_, .stop = stop_, .checkpoint = saved[0].second, .epoch_end = collector(rest)});
  whole.erase(1);
  whole.erase(2);
  EXPECT_EQ(rest, whole);
}

TEST_F(Snapshots, ComeAfterTheEpochsValidationAndNotFromADivergedOne) {
  TrainOptions options{.batch = 16, .epochs = 3};
  options.early_stopping = EarlyStoppingOptions{.patience = 9, .fraction = 0.3};
  std::map<std::int32_t, Weights> epochs;
  const auto result = train(spec_, options, data_.all(), kStreams, context(epochs));
  EXPECT_EQ(epochs.size(), 3);
  EXPECT_EQ(epochs.at(result.best_epoch), result.weights);
  epochs.clear();
  const auto diverged = train(spec_, {.optimizer = "sgd", .lr = 1e30, .batch = 16, .epochs = 3}, data_.all(), kStreams, context(epochs));
  ASSERT_EQ(diverged.status, TrainStatus::diverged);
  EXPECT_EQ(epochs.size(), diverged.curve.size());
}

}  // namespace
}  // namespace jury
