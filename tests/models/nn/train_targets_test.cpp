// Trainings on targets that are not the dataset's.
#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <optional>

#include "models/nn/batch_filler.hpp"
#include "training_fixture.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

class GivenTargets : public Training {
 protected:
  // The features of toy_blobs, and two targets made of them; or the classes of toy_blobs.
  static ToyData values_data() {
    DatasetBuilder builder(toy_schema(TaskKind::regression, 4, 2), {.num_train = kRows});
    std::ranges::copy(blobs().dataset.numeric(), builder.numeric().begin());
    std::ranges::copy(targets(), builder.targets().begin());
    return finish_toy(std::move(builder));
  }
  static ToyData blobs() { return toy_blobs(kRows, 4, 3); }
  static std::vector<double> targets() {
    std::vector<double> all;
    const ToyData data = blobs();
    for (std::size_t i = 0; i < kRows; ++i) {
      const auto x = [&](std::size_t k) { return static_cast<double>(data.dataset.numeric()[4 * i + k]); };
      all.insert(all.end(), {std::abs(x(0)) + x(1) * x(1), std::abs(10 * x(2) - x(3))});
    }
    return all;
  }
  // What the values data and the classes with given targets come to.
  struct Pair {
    TrainResult own, given;
  };
  Pair both(const ModelOptions& model, const TrainOptions& options, std::span<const std::uint32_t> draws,
            std::span<const float> weights = {}) {
    const NetworkSpec spec = values_.network(model, options.loss);
    TrainingSet own = values_.of(draws, weights);
    if (!scales_targets(spec.head)) own.target_scaler = nullptr;
    const TrainingSet given{.dataset = classes_.dataset,
                            .pipeline = classes_.pipeline,
                            .rows = draws,
                            .weights = weights,
                            .target_scaler = own.target_scaler,
                            .targets = targets_};
    return {fit(spec, options, own), fit(spec, options, given)};
  }
  static void expect_equal(const Pair& pair) {
    ASSERT_EQ(pair.own.status, TrainStatus::completed);
    EXPECT_EQ(pair.given.weights, pair.own.weights);
    EXPECT_EQ(pair.given.latest, pair.own.latest);
    EXPECT_EQ(pair.given.best_epoch, pair.own.best_epoch);
    ASSERT_EQ(pair.given.curve.size(), pair.own.curve.size());
    for (std::size_t i = 0; i < pair.own.curve.size(); ++i) {
      EXPECT_EQ(pair.given.curve[i].train_loss, pair.own.curve[i].train_loss);
      EXPECT_EQ(pair.given.curve[i].valid_scores, pair.own.curve[i].valid_scores);
    }
  }

  static constexpr std::size_t kRows = 70;
  const ToyData values_ = values_data(), classes_ = blobs();
  const std::vector<double> targets_ = targets();
};

TEST_F(GivenTargets, AreLearnedAsADatasetsOwn) {
  for (const char* loss : {"mse", "mae", "gaussian_nll", "poisson"}) {
    SCOPED_TRACE(loss);
    expect_equal(both({.hidden = {8}, .dropout = 0.2}, {.batch = 16, .epochs = 3, .loss = loss}, values_.rows));
  }
}

TEST_F(GivenTargets, GoWithRepeatsAndWeightsOfDraws) {
  const std::vector<std::uint32_t> draws = {3, 3, 3, 10, 64, 64, 5, 69, 0};
  const std::vector<float> weights = {1, 2, 0, 1, 5, 1, 1, 3, 1};
  expect_equal(both({.hidden = {8}}, {.batch = 4, .epochs = 3}, draws, weights));
}

TEST_F(GivenTargets, GoWithEarlyStopping) {
  TrainOptions options{.lr = 0.02, .batch = 16, .epochs = 12};
  for (const char* metric : {"valid.loss", "valid.mae"}) {
    options.early_stopping = EarlyStoppingOptions{.metric = metric, .patience = 2, .fraction = 0.3};
    const Pair pair = both({.hidden = {8}}, options, values_.rows);
    expect_equal(pair);
    EXPECT_FALSE(std::isnan(pair.given.curve[0].valid_loss));
  }
}

TEST_F(GivenTargets, ComeBeforeThoseOfTheDataset) {
  std::vector<double> other = targets_;
  for (double& value : other) value = 3 - value;
  const TargetScaler scaler = target_scaler_of(other, 2, values_.rows);
  const NetworkSpec spec = values_.network({.hidden = {8}});
  TrainingSet set = values_.all();
  const auto own = fit(spec, {.epochs = 2}, set);
  set.targets = other;
  set.target_scaler = &scaler;
  EXPECT_NE(fit(spec, {.epochs = 2}, set).weights, own.weights);
}

TEST_F(GivenTargets, OfRowsThatAreNotDrawnDoNotMatter) {
  std::vector<double> some = targets_;
  for (std::size_t i = 40; i < some.size(); ++i) some[i] = std::numeric_limits<double>::quiet_NaN();
  const std::span<const std::uint32_t> draws = std::span(values_.rows).first(20);
  const TargetScaler scaler = target_scaler_of(some, 2, draws);
  const NetworkSpec spec = values_.network({.hidden = {8}});
  TrainingSet set = values_.of(draws);
  set.target_scaler = &scaler;
  const auto whole = fit(spec, {.epochs = 2}, set);
  set.targets = some;
  EXPECT_EQ(fit(spec, {.epochs = 2}, set).weights, whole.weights);
}

TEST_F(GivenTargets, ThatAHeadCannotMeanAreNamed) {
  std::vector<double> negative = targets_;
  negative[2 * 7 + 1] = -2;
  const NetworkSpec spec = values_.network({.type = "linear"}, "poisson");
  TrainingSet set = classes_.all();
  set.targets = negative;
  EXPECT_THAT([&] { fit(spec, {.loss = "poisson"}, set); },
              ThrowsMessage<DataError>(
                  "target '1' of row 7 is -2 (model.output = 'exponential' needs counts, not less than 0)"));
}

// What is learned counts, not what the data is of.
TEST_F(GivenTargets, OptionsOfClassesAreRefusedForValuesOfClasses) {
  const NetworkSpec spec = values_.network({.type = "linear"});
  TrainOptions balanced;
  balanced.class_weights = Config("balanced");
  EXPECT_THAT(
      [&] { check_training(spec, {.label_smoothing = 0.1}, classes_.dataset); },
      ThrowsMessage<ConfigError>(HasSubstr("train.label_smoothing = 0.1 is for classification (values are learned")));
  EXPECT_THAT([&] { check_training(spec, balanced, classes_.dataset); },
              ThrowsMessage<ConfigError>(HasSubstr("train.class_weights = \"balanced\" is for classification")));
  EXPECT_NO_THROW(check_training(spec, {}, classes_.dataset));
}

}  // namespace
}  // namespace jury
