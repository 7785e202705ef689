#include "models/nn/batch_filler.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "models/nn/loss.hpp"
#include "models/nn/pairing.hpp"
#include "models/nn/predict.hpp"
#include "models/nn/session.hpp"
#include "toy_data.hpp"
#include "training_fixture.hpp"

namespace jury {
namespace {

using testing::AllOf;
using testing::Each;
using testing::FloatEq;
using testing::FloatNear;
using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(SoftTargets, AreNeededForAllButPlainCrossEntropy) {
  using enum TaskKind;
  EXPECT_FALSE(needs_soft_targets({}, "cross_entropy", classification));
  EXPECT_TRUE(needs_soft_targets({}, "mse", classification));
  EXPECT_TRUE(needs_soft_targets({.label_smoothing = 0.1}, "cross_entropy", classification));
  EXPECT_TRUE(needs_soft_targets({.mixup = 0.2}, "cross_entropy", classification));
  EXPECT_TRUE(needs_soft_targets({.cutmix = 1}, "cross_entropy", classification));
  EXPECT_FALSE(needs_soft_targets({.mixup = 0.2}, "mse", regression));
}

TEST(BatchFiller, SmoothsLabels) {
  const ToyData data = toy_blobs(10, 3, 4);
  const NetworkSpec spec = data.network({.type = "linear"});
  const TrainOptions options{.label_smoothing = 0.2};
  const TrainingSet set = data.all();
  BatchFiller filler(set, spec, options, 10);
  Plan plan(spec, {.batch = 10, .loss = "cross_entropy", .soft_targets = true});
  filler.fill(plan, data.rows);
  for (std::size_t i = 0; i < plan.targets().size(); ++i) {
    const bool label = static_cast<std::int32_t>(i % 4) == data.dataset.labels()[i / 4];
    EXPECT_FLOAT_EQ(plan.targets()[i], label ? 0.85F : 0.05F);
  }
}

TEST(BatchFiller, OneHotIsAllForTheLabel) {
  const ToyData data = toy_blobs(6, 3, 2);
  const NetworkSpec spec = data.network({.type = "linear"}, "binary_cross_entropy");
  const TrainingSet set = data.all();
  BatchFiller filler(set, spec, {}, 6);
  Plan plan(spec, {.batch = 6, .loss = "binary_cross_entropy", .soft_targets = true});
  filler.fill(plan, data.rows);
  for (std::size_t i = 0; i < 12; ++i)
    EXPECT_EQ(plan.targets()[i], static_cast<std::int32_t>(i % 2) == data.dataset.labels()[i / 2] ? 1.0F : 0.0F);
}

TEST(BatchFiller, ClassWeightsMultiplyRowWeightsAndTheMeanIsOne) {
  const ToyData data = toy_blobs(9, 3, 3);
  const NetworkSpec spec = data.network({.type = "linear"});
  const std::vector<std::uint32_t> draws = {0, 0, 0, 0, 1, 1, 2, 3};  // five of class 0, two of 1, one of 2
  const auto weights_of = [&](const TrainingSet& set, const Config& classes) {
    TrainOptions options;
    options.class_weights = classes;
    BatchFiller filler(set, spec, options, draws.size());
    Plan plan(spec, {.batch = 8, .loss = "cross_entropy"});
    const std::vector<std::uint32_t> all = {0, 1, 2, 3, 4, 5, 6, 7};
    filler.fill(plan, all);
    return std::vector<float>(plan.row_weights().begin(), plan.row_weights().begin() + 8);
  };
  EXPECT_THAT(weights_of(data.of(draws), Config(std::string("none"))), Each(1.0F));
  EXPECT_THAT(weights_of(data.of(draws), Config(std::string("balanced"))),
              testing::Pointwise(FloatNear(1e-6F), std::vector<double>{8.0 / 15, 8.0 / 15, 8.0 / 15, 8.0 / 15, 8.0 / 6,
                                                                       8.0 / 6, 8.0 / 3, 8.0 / 15}));
  const std::vector<float> own = {1, 1, 1, 1, 2, 2, 5, 3};
  const Config list(Config::List{Config(1.0), Config(2.0), Config(4.0)});
  const double sum = 4 + 2 * 4 + 20 + 3;
  EXPECT_THAT(weights_of(data.of(draws, own), list),
              testing::Pointwise(FloatNear(1e-6F), std::vector<double>{8 / sum, 8 / sum, 8 / sum, 8 / sum, 32 / sum,
                                                                       32 / sum, 160 / sum, 24 / sum}));
}

// Regression with values of our choice for two targets.
ToyData values(const std::vector<double>& targets) {
  DatasetBuilder builder(toy_schema(TaskKind::regression, 1, 2), {.num_train = targets.size() / 2});
  std::ranges::copy(targets, builder.targets().begin());
  for (std::size_t i = 0; i < targets.size() / 2; ++i) builder.numeric()[i] = 0.1F * static_cast<float>(i % 17);
  return finish_toy(std::move(builder));
}

TEST(BatchFiller, TargetsAreScaledOnlyForHeadsThatWantIt) {
  const ToyData data = values({0, 1, 1, 0, 0.5, 0.25});
  TrainingSet raw = data.all();
  raw.target_scaler = nullptr;
  const NetworkSpec labels = data.network({.type = "linear"}, "binary_cross_entropy");
  Plan plan(labels, {.batch = 3, .loss = "binary_cross_entropy"});
  BatchFiller(raw, labels, {}, 3).fill(plan, data.rows);
  EXPECT_THAT(std::vector<float>(plan.targets().begin(), plan.targets().end()),
              testing::ElementsAre(0, 1, 1, 0, 0.5F, 0.25F));
  const TrainingSet scaled = data.all();
  const NetworkSpec linear = data.network({.type = "linear"});
  Plan squares(linear, {.batch = 3, .loss = "mse"});
  BatchFiller(scaled, linear, {}, 3).fill(squares, data.rows);
  EXPECT_FLOAT_EQ(squares.targets()[5], static_cast<float>(data.scaler.scaled(0.25, 1)));
}

TEST(BatchFiller, TargetsThatAHeadCannotMeanAreNamed) {
  const ToyData counts = values({0, 1, 3, -1}), shares = values({0, 1, 0.5, 1.5});
  const auto fill = [](const ToyData& data, const char* loss) {
    TrainingSet set = data.all();
    set.target_scaler = nullptr;
    BatchFiller(set, data.network({.type = "linear"}, loss), {}, 2);
  };
  EXPECT_THAT([&] { fill(counts, "poisson"); },
              ThrowsMessage<DataError>(
                  "target '1' of row 1 is -1 (model.output = 'exponential' needs counts, not less than 0)"));
  EXPECT_THAT([&] { fill(shares, "binary_cross_entropy"); },
              ThrowsMessage<DataError>(AllOf(HasSubstr("is 1.5"), HasSubstr("values from 0 to 1"))));
  EXPECT_NO_THROW(fill(shares, "poisson"));
  EXPECT_NO_THROW(check_targets(counts.dataset, counts.rows, Head::linear));
}

TEST(BatchFiller, OptionsOfClassesAreRefusedForValues) {
  const ToyData data = values({0, 1, 3, -1});
  const NetworkSpec spec = data.network({.type = "linear"});
  const TrainingSet set = data.all();
  TrainOptions balanced;
  balanced.class_weights = Config(std::string("balanced"));
  EXPECT_THAT([&] { BatchFiller(set, spec, {.label_smoothing = 0.1}, 2); },
              ThrowsMessage<ConfigError>(HasSubstr("train.label_smoothing = 0.1 is for classification")));
  EXPECT_THAT([&] { BatchFiller(set, spec, balanced, 2); },
              ThrowsMessage<ConfigError>(HasSubstr("train.class_weights = \"balanced\" is for classification")));
}

class TrainingByLoss : public testing::Test {
 protected:
  void SetUp() override { use_threads(1); }
  // Trains and predicts every row of the data.
  std::vector<float> fitted(const ToyData& data, const ModelOptions& model, const TrainOptions& options) {
    const NetworkSpec spec = data.network(model, options.loss);
    TrainingSet set = data.all();
    if (!scales_targets(spec.head)) set.target_scaler = nullptr;
    const TrainResult result = train(spec, options, set, kStreams, {plans_, stop_});
    EXPECT_EQ(result.status, TrainStatus::completed);
    std::vector<float> out(data.rows.size() * static_cast<std::size_t>(spec.outputs));
    predict({spec, result.weights, data.pipeline, set.target_scaler}, data.dataset, data.rows, plans_, out);
    return out;
  }
  PlanCache plans_;
  StopFlag stop_;
};

TEST_F(TrainingByLoss, EveryLossOfClassesLearnsThem) {
  const ToyData data = toy_blobs(120, 6, 3);
  for (const Pairing& pairing : pairings()) {
    if (pairing.task != TaskKind::classification) continue;
    const auto shares = fitted(data, {.hidden = {12}, .output = std::string(name(pairing.head))},
                               {.lr = 0.02, .epochs = 40, .loss = std::string(pairing.loss), .label_smoothing = 0.05});
    int wrong = 0;
    for (std::size_t i = 0; i < 120; ++i) {
      const auto best = std::max_element(shares.begin() + static_cast<std::ptrdiff_t>(3 * i),
                                         shares.begin() + static_cast<std::ptrdiff_t>(3 * i + 3));
      wrong += best - shares.begin() != static_cast<std::ptrdiff_t>(3 * i) + data.dataset.labels()[i] ? 1 : 0;
    }
    EXPECT_LE(wrong, 6) << name(pairing.head) << " " << pairing.loss;
  }
}

TEST_F(TrainingByLoss, EveryLossOfScaledValuesFindsTheLine) {
  const ToyData data = toy_line(100);
  for (const char* loss : {"mae", "huber", "quantile", "gaussian_nll"}) {
    const auto found = fitted(data, {.type = "linear"}, {.lr = 0.02, .batch = 20, .epochs = 200, .loss = loss});
    const std::size_t width = found.size() / data.rows.size();
    for (std::size_t i = 0; i < 100; ++i)
      for (std::size_t k = 0; k < 2; ++k)
        EXPECT_NEAR(static_cast<double>(found[i * width + k]), data.dataset.targets()[2 * i + k], 25)
            << loss;  // of deviations of 360 and 140
  }
}

// At the optimum the slopes with respect to the biases vanish: the means of predictions and targets
// are equal (sigmoid with binary_cross_entropy, rates with poisson).
TEST_F(TrainingByLoss, MeansOfPredictionsBecomeThoseOfTheTargets) {
  std::vector<double> targets;
  for (int i = 0; i < 40; ++i) targets.insert(targets.end(), {i % 4 == 0 ? 1.0 : 0.0, i % 2 == 0 ? 1.0 : 0.25});
  const ToyData data = values(targets);
  for (const char* loss : {"binary_cross_entropy", "poisson"}) {
    const auto found = fitted(data, {.type = "linear"}, {.lr = 0.05, .batch = 40, .epochs = 400, .loss = loss});
    double first = 0, second = 0;
    for (std::size_t i = 0; i < 40; ++i) {
      first += static_cast<double>(found[2 * i]) / 40;
      second += static_cast<double>(found[2 * i + 1]) / 40;
    }
    EXPECT_NEAR(first, 0.25, 1e-3) << loss;
    EXPECT_NEAR(second, 0.625, 1e-3) << loss;
  }
}

}  // namespace
}  // namespace jury
