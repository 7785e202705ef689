// How a training ends: early stopping, and the mean of its weights.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "models/nn/validation.hpp"
#include "training_fixture.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

using TrainingEnds = Training;

TrainOptions with_early_stopping(std::int32_t epochs) {
  TrainOptions options{.lr = 0.05, .batch = 16, .epochs = epochs};
  options.early_stopping = EarlyStoppingOptions{.patience = 4, .fraction = 0.25};
  return options;
}

// With so much noise on the inputs it soon learns the rows by heart.
TEST_F(TrainingEnds, EarlyStoppingReturnsTheBestWeights) {
  Rng rng(5);
  const ToyData data = toy_changed(toy_blobs(80, 6, 3), [&](std::size_t, std::span<float> x) {
    for (float& value : x) value += static_cast<float>(4 * rng.normal());
  });
  const NetworkSpec spec = data.network({.hidden = {8}, .activation = "tanh"});
  const auto result = fit(spec, with_early_stopping(50), data.all());
  ASSERT_EQ(result.status, TrainStatus::completed);
  std::vector<double> losses;
  for (const EpochRecord& epoch : result.curve) losses.push_back(epoch.valid_loss);
  const auto best = static_cast<std::int32_t>(std::ranges::min_element(losses) - losses.begin()) + 1;
  EXPECT_EQ(result.best_epoch, best);
  EXPECT_GT(best, 1);
  EXPECT_EQ(result.epochs, best + 4);
  const auto until_best = fit(spec, with_early_stopping(best), data.all());
  EXPECT_EQ(result.weights, until_best.weights);
  EXPECT_TRUE(until_best.latest.empty());
  EXPECT_EQ(result.latest.size(), result.weights.size());
  EXPECT_NE(result.latest, result.weights);
}

TEST_F(TrainingEnds, EarlyStoppingMayWatchAScore) {
  const ToyData data = toy_blobs(80, 6, 3);
  TrainOptions options = with_early_stopping(30);
  options.early_stopping->metric = "valid.accuracy";
  const auto result = fit(data.network({.hidden = {8}, .activation = "tanh"}), options, data.all());
  const auto place = static_cast<std::size_t>(std::ranges::find(result.metrics, "accuracy") - result.metrics.begin());
  ASSERT_LT(place, result.metrics.size());
  double highest = 0;
  for (const EpochRecord& epoch : result.curve) highest = std::max(highest, epoch.valid_scores.at(place));
  EXPECT_EQ(result.curve.at(static_cast<std::size_t>(result.best_epoch) - 1).valid_scores[place], highest);
  options.early_stopping->metric = "valid.f1_marco";
  EXPECT_THAT([&] { fit(data.network({}), options, data.all()); },
              ThrowsMessage<ConfigError>(
                  HasSubstr("valid.accuracy, valid.balanced_accuracy, valid.log_loss, valid.brier, valid.ece) did "
                            "you mean 'valid.f1_macro'?")));
  options.early_stopping->metric = "valid.roc_auc";
  EXPECT_THAT(
      [&] { fit(data.network({}), options, data.all()); },
      ThrowsMessage<ConfigError>(HasSubstr("the score 'roc_auc' does not apply to 3 classes (it is for 2 classes)")));
  options.early_stopping->metric = "valid.rmse";
  EXPECT_THAT(
      [&] { fit(data.network({}), options, data.all()); },
      ThrowsMessage<ConfigError>(HasSubstr("train.early_stopping.metric = 'valid.rmse' is no score of a validation")));
}

TEST_F(TrainingEnds, EarlyStoppingMayWatchAScoreThatIsNotShownOtherwise) {
  const ToyData data = toy_blobs(80, 6, 3);
  TrainOptions options = with_early_stopping(30);
  EXPECT_EQ(fit(data.network({}), options, data.all()).metrics.size(), 5U);
  options.early_stopping->metric = "valid.f1_macro";
  const auto result = fit(data.network({.hidden = {8}, .activation = "tanh"}), options, data.all());
  ASSERT_EQ(result.metrics.back(), "f1_macro");
  double highest = 0;
  for (const EpochRecord& epoch : result.curve) highest = std::max(highest, epoch.valid_scores.back());
  EXPECT_EQ(result.curve.at(static_cast<std::size_t>(result.best_epoch) - 1).valid_scores.back(), highest);
}

// Other numbers in the rows held out change what is measured and nothing that is learned.
TEST_F(TrainingEnds, HeldOutRowsAreNotTrainedOn) {
  const ToyData data = toy_blobs(60, 5, 3);
  TrainOptions options = with_early_stopping(3);
  options.adversarial = 0.02;
  options.class_weights = Config("balanced");
  const HeldOut split = validation_split(data.all(), *options.early_stopping, kStreams.early_stopping);
  ASSERT_EQ(split.validation.size(), 15);
  EXPECT_EQ(split.training.size(), 45);
  const ToyData changed = toy_changed(data, [&](std::size_t row, std::span<float> x) {
    if (std::ranges::binary_search(split.validation, static_cast<std::uint32_t>(row))) std::ranges::fill(x, 25.0F);
  });
  const NetworkSpec spec = data.network({.hidden = {8}, .batch_norm = true});
  // The pipeline is that of the one: it has its scales from all rows.
  const auto a = fit(spec, options, data.all());
  const auto b = fit(spec, options, {.dataset = changed.dataset, .pipeline = data.pipeline, .rows = data.rows});
  const auto latest = [](const TrainResult& result) { return result.latest.empty() ? result.weights : result.latest; };
  EXPECT_EQ(latest(a), latest(b));
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(a.curve[i].train_loss, b.curve[i].train_loss);
    EXPECT_NE(a.curve[i].valid_loss, b.curve[i].valid_loss);
  }
}

TEST_F(TrainingEnds, AveragingIsTheMeanOfTheWeights) {
  const ToyData data = toy_blobs(50, 4, 3);
  const NetworkSpec spec = data.network({.hidden = {6}});
  TrainOptions options{.lr = 0.05, .batch = 16, .epochs = 6};
  std::vector<std::vector<float>> after(7);
  for (const std::int32_t epochs : {4, 6}) {
    options.epochs = epochs;
    after[static_cast<std::size_t>(epochs)] = fit(spec, options, data.all()).weights;
  }
  options.averaging = AveragingOptions{.start = 0.5, .every = 2};  // epochs 4 and 6
  const auto result = fit(spec, options, data.all());
  EXPECT_EQ(result.latest, after[6]);
  EXPECT_EQ(result.best_epoch, 6);
  for (std::size_t i = 0; i < result.weights.size(); ++i)
    EXPECT_FLOAT_EQ(result.weights[i],
                    static_cast<float>((static_cast<double>(after[4][i]) + static_cast<double>(after[6][i])) / 2));
}

// Statistics of mean weights are not mean statistics: they are measured with the mean weights.
TEST_F(TrainingEnds, AveragingMeasuresBatchStatisticsAnew) {
  const ToyData data = toy_blobs(48, 4, 3);
  const NetworkSpec spec = data.network({.hidden = {6}, .batch_norm = true});
  TrainOptions options{.lr = 0.05, .batch = 16, .epochs = 4};
  options.averaging = AveragingOptions{.start = 0.5};
  const auto mean = fit(spec, options, data.all());
  options.averaging.reset();
  const auto last = fit(spec, options, data.all());
  options.epochs = 3;
  const auto before = fit(spec, options, data.all());
  for (const Tensor& tensor : layout(spec))
    for (std::size_t i = tensor.offset; i < tensor.offset + volume(tensor.shape); ++i) {
      const auto half =
          static_cast<float>((static_cast<double>(last.weights[i]) + static_cast<double>(before.weights[i])) / 2);
      if (tensor.role == Tensor::Role::buffer)
        EXPECT_GT(std::abs(mean.weights[i] - half), 1e-6F) << tensor.name;
      else
        EXPECT_FLOAT_EQ(mean.weights[i], half) << tensor.name;
    }
}

TEST_F(TrainingEnds, EarlyStoppingAndAveragingExcludeEachOther) {
  const ToyData data = toy_blobs(50, 4, 3);
  TrainOptions options = with_early_stopping(3);
  options.averaging = AveragingOptions{};
  EXPECT_THAT([&] { check_training(data.network({}), options, data.dataset); },
              ThrowsMessage<ConfigError>(HasSubstr("train.early_stopping and train.averaging exclude each other")));
}

}  // namespace
}  // namespace jury
