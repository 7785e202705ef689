#include "models/nn/train.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <thread>
#include <vector>

#include "models/nn/optimizer.hpp"
#include "training_fixture.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST_F(Training, LearnsTheExclusiveOr) {
  const ToyData data = toy_xor(200);
  for (const char* activation : {"relu", "tanh"}) {
    const NetworkSpec spec = data.network({.hidden = {16}, .activation = activation});
    const auto result = fit(spec, {.lr = 0.02, .batch = 32, .epochs = 60}, data.all());
    ASSERT_EQ(result.status, TrainStatus::completed);
    const auto shares = predicted(data, spec, result);
    int wrong = 0;
    for (std::size_t i = 0; i < data.rows.size(); ++i)
      wrong += (shares[2 * i + 1] > 0.5F) != (data.dataset.labels()[i] == 1) ? 1 : 0;
    EXPECT_LE(wrong, 4) << activation;
  }
}

TEST_F(Training, LinearRegressionFindsTheLine) {
  const ToyData data = toy_line(100);
  const NetworkSpec spec = data.network({.type = "linear"});
  for (const char* optimizer : {"sgd", "momentum", "adam"}) {
    const auto result = fit(spec, {.optimizer = optimizer, .lr = 0.05, .batch = 20, .epochs = 150}, data.all());
    const auto values = predicted(data, spec, result);
    for (std::size_t i = 0; i < values.size(); ++i)
      EXPECT_NEAR(static_cast<double>(values[i]), data.dataset.targets()[i], 1.0)
          << optimizer;  // of a deviation of 360
  }
}

TEST_F(Training, TheSameArgumentsGiveTheSameBits) {
  const ToyData data = toy_blobs(77, 5, 3);
  const NetworkSpec spec = data.network({.hidden = {16}, .dropout = 0.3});
  const TrainOptions options{.batch = 16, .epochs = 4};
  const auto cold = fit(spec, options, data.all());
  const auto misses = plans_.misses();
  const auto warm = fit(spec, options, data.all());
  EXPECT_EQ(plans_.misses(), misses);
  EXPECT_EQ(cold.weights, warm.weights);
  EXPECT_EQ(cold.curve.back().train_loss, warm.curve.back().train_loss);
  PlanCache tiny(1);  // every plan is compiled anew
  EXPECT_EQ(train(spec, options, data.all(), kStreams, {tiny, stop_}).weights, cold.weights);
}

// Workers are threads of their own; none may see how many cores there are, or what another one does.
TEST_F(Training, AnyThreadGivesTheSameBits) {
  const ToyData data = toy_blobs(300, 20, 3);
  const NetworkSpec spec = data.network({.hidden = {64}, .dropout = 0.1});
  const TrainOptions options{.batch = 128, .epochs = 3};
  const auto here = fit(spec, options, data.all());
  std::vector<TrainResult> there(2);
  std::vector<std::thread> workers;
  for (TrainResult& result : there)
    workers.emplace_back([&] {
      use_threads(1);
      PlanCache plans;
      result = train(spec, options, data.all(), kStreams, {plans, stop_});
    });
  for (std::thread& worker : workers) worker.join();
  for (const TrainResult& result : there) EXPECT_EQ(result.weights, here.weights);
}

TEST_F(Training, EachStreamMatters) {
  const ToyData data = toy_blobs(60, 5, 3);
  const NetworkSpec spec = data.network({.hidden = {16}, .dropout = 0.3});
  const TrainOptions options{.batch = 16, .epochs = 2};
  const auto base = fit(spec, options, data.all());
  for (const TrainStreams& other : {TrainStreams{1, 12, 13}, TrainStreams{11, 1, 13}, TrainStreams{11, 12, 1}})
    EXPECT_NE(fit(spec, options, data.all(), other).weights, base.weights);
}

TEST_F(Training, CountsEpochsAndStepsWithTheLastPartOfABatch) {
  const ToyData data = toy_blobs(50, 3, 2);
  const auto result = fit(data.network({}), {.lr = 0.5e-2, .batch = 16, .epochs = 3}, data.all());
  EXPECT_EQ(result.epochs, 3);
  EXPECT_EQ(result.steps, 12);  // 16 + 16 + 16 + 2 rows
  ASSERT_EQ(result.curve.size(), 3);
  EXPECT_LT(result.curve[2].train_loss, result.curve[0].train_loss);
  EXPECT_EQ(result.curve[0].lr, 0.5e-2);
}

TEST_F(Training, EndsAtTheLastStepWithinAnEpoch) {
  const ToyData data = toy_blobs(50, 3, 2);
  const auto result = fit(data.network({}), {.batch = 16, .epochs = 9, .max_steps = 6}, data.all());
  EXPECT_EQ(result.status, TrainStatus::completed);
  EXPECT_EQ(result.steps, 6);
  EXPECT_EQ(result.epochs, 2);
  EXPECT_EQ(result.curve.size(), 2);
}

TEST_F(Training, ABatchLargerThanTheDataIsAllOfIt) {
  const ToyData data = toy_blobs(20, 3, 2);
  const NetworkSpec spec = data.network({});
  const auto large = fit(spec, {.batch = 1000, .epochs = 3}, data.all());
  EXPECT_EQ(large.steps, 3);
  EXPECT_EQ(large.weights, fit(spec, {.batch = 20, .epochs = 3}, data.all()).weights);
}

// One full batch, one plain step: draws with repeats and weights give one gradient, to rounding.
TEST_F(Training, RepeatedRowsAreWholeWeights) {
  const ToyData data = toy_blobs(6, 4, 3);
  const NetworkSpec spec = data.network({.hidden = {8}, .activation = "tanh"});
  const TrainOptions options{.optimizer = "sgd", .lr = 1, .batch = 100, .epochs = 1};
  const std::vector<std::uint32_t> repeated = {0, 2, 2, 2, 5, 5}, once = {0, 2, 5};
  const std::vector<float> weights = {10, 30, 20};  // only their shares count
  const auto a = fit(spec, options, data.of(repeated)), b = fit(spec, options, data.of(once, weights));
  ASSERT_EQ(a.weights.size(), b.weights.size());
  for (std::size_t i = 0; i < a.weights.size(); ++i) EXPECT_NEAR(a.weights[i], b.weights[i], 2e-6F);
  EXPECT_NEAR(a.curve[0].train_loss, b.curve[0].train_loss, 1e-6);
}

TEST_F(Training, EqualWeightsAreNoWeights) {
  const ToyData data = toy_blobs(40, 4, 3);
  const NetworkSpec spec = data.network({});
  const std::vector<float> weights(40, 0.25F);
  EXPECT_EQ(fit(spec, {.epochs = 2}, data.of(data.rows, weights)).weights,
            fit(spec, {.epochs = 2}, data.all()).weights);
}

// A step of lr 1 from w with and without decay differs by decay * w, for weights and not for biases.
TEST_F(Training, WeightDecayPullsOnWeightsNotOnBiases) {
  const ToyData data = toy_blobs(30, 4, 3);
  const NetworkSpec spec = data.network({.hidden = {5}});
  TrainOptions options{.optimizer = "sgd", .lr = 1, .batch = 30, .epochs = 1};
  const auto free = fit(spec, options, data.all());
  options.weight_decay = 0.1;
  const auto pulled = fit(spec, options, data.all());
  const auto start = Network(spec).initial_weights(kStreams.init);
  for (const Tensor& tensor : layout(spec))
    for (std::size_t i = tensor.offset; i < tensor.offset + volume(tensor.shape); ++i) {
      const float pull = tensor.role == Tensor::Role::weights ? 0.1F * start[i] : 0.0F;
      EXPECT_NEAR(free.weights[i] - pulled.weights[i], pull, 1e-6F) << tensor.name;
    }
}

// 4 steps an epoch; the rate of an epoch is that of its last step, and the curve ends where training does.
TEST_F(Training, TheRateFollowsItsScheduleStepByStep) {
  const ToyData data = toy_blobs(50, 3, 2);
  TrainOptions options{.lr = 0.5, .batch = 16, .epochs = 3, .schedule = "linear", .lr_factor = 0.45};
  const auto result = fit(data.network({}), options, data.all());
  ASSERT_EQ(result.curve.size(), 3);
  for (std::size_t epoch = 0; epoch < 3; ++epoch)
    EXPECT_DOUBLE_EQ(result.curve[epoch].lr, 0.5 * (1 - 0.05 * static_cast<double>(4 * epoch + 3)));
  options.max_steps = 6;
  EXPECT_DOUBLE_EQ(fit(data.network({}), options, data.all()).curve.back().lr, 0.5 * 0.45);
}

TEST_F(Training, AScheduledRateIsThatOfTheStep) {
  const ToyData data = toy_blobs(32, 3, 2);
  const NetworkSpec spec = data.network({});
  const TrainOptions slow{.optimizer = "sgd", .lr = 0.1, .batch = 16, .epochs = 1, .max_steps = 1};
  TrainOptions warmed = slow;
  warmed.lr = 0.4;
  warmed.warmup = 2;  // a quarter of the rate at the first of 4 steps
  const auto a = fit(spec, slow, data.all()), b = fit(spec, warmed, data.all());
  EXPECT_EQ(a.weights, b.weights);
}

// Before adam's step of about lr, each weight has lost its share; biases have not.
TEST_F(Training, DecoupledDecayShrinksWeightsBesideTheStep) {
  const ToyData data = toy_blobs(30, 4, 3);
  const NetworkSpec spec = data.network({.hidden = {5}});
  TrainOptions options{.optimizer = "adamw", .lr = 0.01, .batch = 30, .epochs = 1};
  const auto free = fit(spec, options, data.all());
  options.weight_decay = 10;
  const auto pulled = fit(spec, options, data.all());
  const auto start = Network(spec).initial_weights(kStreams.init);
  for (const Tensor& tensor : layout(spec))
    for (std::size_t i = tensor.offset; i < tensor.offset + volume(tensor.shape); ++i) {
      const float pull = tensor.role == Tensor::Role::weights ? 0.1F * start[i] : 0.0F;
      EXPECT_NEAR(free.weights[i] - pulled.weights[i], pull, 1e-6F) << tensor.name;
    }
}

TEST_F(Training, MaxNormHoldsAtTheEnd) {
  const ToyData data = toy_blobs(30, 4, 3);
  const NetworkSpec spec = data.network({.hidden = {5}});
  const auto result = fit(spec, {.lr = 0.1, .batch = 10, .epochs = 3, .max_norm = 0.5}, data.all());
  for (std::size_t unit = 0; unit < 5; ++unit) {
    double squares = 0;
    for (std::size_t i = 4 * unit; i < 4 * unit + 4; ++i)
      squares += static_cast<double>(result.weights[i]) * static_cast<double>(result.weights[i]);
    EXPECT_LE(std::sqrt(squares), 0.5 + 1e-6) << unit;
  }
}

TEST_F(Training, EveryOptimizerLearns) {
  const ToyData data = toy_blobs(60, 4, 3);
  const NetworkSpec spec = data.network({.hidden = {8}, .activation = "tanh"});
  for (const auto& line : optimizers()) {
    TrainOptions options{.lr = line.name == "adadelta" ? 1.0 : 0.01, .batch = std::string("full"), .epochs = 40};
    options.optimizer = line.name;
    const auto result = fit(spec, options, data.all());
    ASSERT_EQ(result.status, TrainStatus::completed) << line.name;
    EXPECT_LT(result.curve.back().train_loss, 0.97 * result.curve.front().train_loss) << line.name;
  }
}

TEST_F(Training, DivergenceIsAResult) {
  const ToyData data = toy_line(60);
  const NetworkSpec spec = data.network({.hidden = {8}});
  const auto result = fit(spec, {.optimizer = "sgd", .lr = 1e5, .batch = 20, .epochs = 50}, data.all());
  EXPECT_EQ(result.status, TrainStatus::diverged);
  EXPECT_GE(result.epochs, 1);
  EXPECT_LT(result.epochs, 50);
  EXPECT_EQ(result.curve.size(), static_cast<std::size_t>(result.epochs - 1));
  EXPECT_TRUE(result.weights.empty());
  for (const EpochRecord& epoch : result.curve) EXPECT_TRUE(std::isfinite(epoch.train_loss));
}

TEST_F(Training, StopsAtAnEpochWhenAsked) {
  const ToyData data = toy_blobs(20, 3, 2);
  stop_.set();
  const auto result = fit(data.network({}), {.epochs = 5}, data.all());
  EXPECT_EQ(result.status, TrainStatus::stopped);
  EXPECT_EQ(result.epochs, 0);
  EXPECT_EQ(result.steps, 0);
}

TEST_F(Training, ItsMemoryIsKnownBefore) {
  const ToyData data = toy_blobs(50, 7, 3);
  const NetworkSpec spec = data.network({.hidden = {20}});
  PlanCache plans;
  train(spec, {.batch = 16, .epochs = 1}, data.all(), kStreams, {plans, stop_});
  // Weights, gradients, the result and two moments; the order of the rows; operations and code.
  const std::size_t blocks = 5 * sizeof(float) * padded_size(num_parameters(spec)), draws = 50 * sizeof(std::uint32_t);
  EXPECT_EQ(estimate_training_bytes(spec, {.batch = 16}, 50),
            plans.bytes() + blocks + draws + (std::size_t{200} << 10));
}

TEST_F(Training, NothingToLearnFromIsAnError) {
  const ToyData data = toy_blobs(20, 3, 2);
  const std::vector<float> nothing(20, 0.0F);
  EXPECT_THAT([&] { fit(data.network({}), {}, data.of({})); },
              ThrowsMessage<DataError>(HasSubstr("no rows to train on")));
  EXPECT_THAT([&] { fit(data.network({}), {}, data.of(data.rows, nothing)); },
              ThrowsMessage<DataError>(HasSubstr("weights of the training rows sum to 0")));
}

TEST_F(Training, ALossOfTheOtherTaskIsAnError) {
  const ToyData data = toy_blobs(20, 3, 2);
  EXPECT_THAT([&] { fit(data.network({}), {.loss = "poisson"}, data.all()); },
              ThrowsMessage<ConfigError>(HasSubstr("does not suit classification")));
}

}  // namespace
}  // namespace jury
