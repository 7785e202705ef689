#include "models/nn/plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "gradient_check.hpp"
#include "models/nn/plan_cache.hpp"
#include "some_weights.hpp"

namespace jury {
namespace {

double apply(const std::string& activation, double x) {
  if (activation == "relu") return std::max(x, 0.0);
  if (activation == "tanh") return std::tanh(x);
  if (activation == "sigmoid") return 1 / (1 + std::exp(-x));
  if (activation == "leaky_relu") return x > 0 ? x : 0.01 * x;
  if (activation == "elu") return x > 0 ? x : std::expm1(x);
  if (activation == "gelu") return x * 0.5 * std::erfc(-x / std::sqrt(2.0));
  if (activation == "swish") return x / (1 + std::exp(-x));
  if (activation == "softplus") return std::log1p(std::exp(x));
  if (activation == "softsign") return x / (1 + std::abs(x));
  return x;
}

// Outputs of one sample, in double, layer by layer.
std::vector<double> naive_forward(const NetworkSpec& spec, const std::vector<float>& weights,
                                  std::span<const float> sample) {
  std::vector<double> values(sample.begin(), sample.end());
  const auto tensors = layout(spec);
  std::size_t tensor = 0;
  for (const LayerSpec& layer : spec.layers) {
    if (layer.type != "dense") continue;
    const float* w = weights.data() + tensors[tensor].offset;
    const float* bias = weights.data() + tensors[tensor + 1].offset;
    const auto units = static_cast<std::size_t>(tensors[tensor].shape[0]);
    tensor += 2;
    std::vector<double> next(units);
    for (std::size_t u = 0; u < units; ++u) {
      double sum = static_cast<double>(bias[u]);
      for (std::size_t i = 0; i < values.size(); ++i) sum += static_cast<double>(w[u * values.size() + i]) * values[i];
      next[u] = apply(*layer.options.find("activation")->as<std::string>(), sum);
    }
    values = next;
  }
  return values;
}

TEST(Plan, ForwardIsTheNaiveOne) {
  use_threads(1);
  for (const std::string_view activation : activation_names())
    for (const std::int32_t batch : {1, 3, 32}) {
      const NetworkSpec spec = make_network({.hidden = {11, 6}, .activation = std::string(activation), .dropout = 0.5},
                                            13, {TaskKind::regression, 2});
      Plan plan(spec, {.batch = batch});
      std::vector<float> weights = some_weights(spec, 0.4);
      plan.bind(weights);
      Rng rng(4);
      for (float& x : plan.input()) x = static_cast<float>(rng.normal());
      plan.run();
      for (std::size_t row = 0; row < static_cast<std::size_t>(batch); ++row) {
        const auto expected = naive_forward(spec, weights, plan.input().subspan(row * 13, 13));
        for (std::size_t k = 0; k < 2; ++k)
          EXPECT_NEAR(static_cast<double>(plan.output()[row * 2 + k]), expected[k], 2e-5) << activation;
      }
    }
}

// Where the sums are kept for backward, the values are those of inference all the same.
TEST(Plan, TrainingAndInferenceGiveTheSameValues) {
  use_threads(1);
  for (const std::int32_t batch : {9, 31})
    for (const std::string_view activation : activation_names()) {
      const NetworkSpec spec =
          make_network({.hidden = {19}, .activation = std::string(activation)}, 7, {TaskKind::regression, 3});
      Plan training(spec, {.batch = batch, .loss = "mse"}), inference(spec, {.batch = batch});
      std::vector<float> weights = some_weights(spec, 0.4);
      std::vector<float> grads(weights.size());
      training.bind(weights, grads);
      inference.bind(weights);
      fill_batch(training, 2);
      std::copy(training.input().begin(), training.input().end(), inference.input().begin());
      training.run();
      inference.run();
      for (std::size_t i = 0; i < inference.output().size(); ++i)
        EXPECT_EQ(training.output()[i], inference.output()[i]) << activation;
    }
}

// The gradient of a batch is the mean of those of its parts, weighted by their rows.
TEST(Plan, APartialBatchIsItsShareOfTheWhole) {
  use_threads(1);
  const NetworkSpec spec = make_network({.hidden = {8}, .activation = "tanh"}, 5, {TaskKind::classification, 3});
  std::vector<float> weights = some_weights(spec, 0.4);
  const auto gradient = [&](std::int32_t rows, std::size_t from, Plan& whole) {
    Plan plan(spec, {.batch = rows, .loss = "cross_entropy"});
    std::vector<float> grads(weights.size());
    plan.bind(weights, grads);
    for (std::size_t i = 0; i < plan.input().size(); ++i) plan.input()[i] = whole.input()[from * 5 + i];
    for (std::size_t i = 0; i < static_cast<std::size_t>(rows); ++i) {
      plan.labels()[i] = whole.labels()[from + i];
      plan.row_weights()[i] = whole.row_weights()[from + i];
    }
    plan.run();
    return grads;
  };
  Plan whole(spec, {.batch = 10, .loss = "cross_entropy"});
  fill_batch(whole, 3);
  const auto all = gradient(10, 0, whole), first = gradient(7, 0, whole), last = gradient(3, 7, whole);
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_NEAR(all[i], 0.7F * first[i] + 0.3F * last[i], 1e-6F);
}

TEST(Plan, RepeatingARowIsAWeightOfTwo) {
  use_threads(1);
  const NetworkSpec spec = make_network({.hidden = {4}, .activation = "sigmoid"}, 2, {TaskKind::regression, 1});
  std::vector<float> weights = some_weights(spec, 0.4);
  const auto gradient = [&](const std::vector<float>& x, const std::vector<float>& row_weights) {
    Plan plan(spec, {.batch = static_cast<std::int32_t>(x.size()), .loss = "mse"});
    std::vector<float> grads(weights.size());
    plan.bind(weights, grads);
    for (std::size_t i = 0; i < x.size(); ++i) {
      plan.input()[2 * i] = x[i];
      plan.input()[2 * i + 1] = 1 - x[i];
      plan.targets()[i] = 3 * x[i];
      plan.row_weights()[i] = row_weights[i];
    }
    plan.run();
    return grads;
  };
  const auto repeated = gradient({0.5F, 0.5F, -1, 2}, {1, 1, 1, 1});
  const auto weighted = gradient({0.5F, -1, 2}, {1.5F, 0.75F, 0.75F});  // 2, 1, 1 at mean 1
  for (std::size_t i = 0; i < repeated.size(); ++i) EXPECT_NEAR(repeated[i], weighted[i], 1e-6F);
}

// With a linear network the mean output over masks is the output without dropout.
TEST(Plan, DropoutKeepsTheMean) {
  use_threads(1);
  const NetworkSpec spec =
      make_network({.hidden = {50}, .activation = "identity", .dropout = 0.3}, 3, {TaskKind::regression, 1});
  std::vector<float> weights = some_weights(spec, 0.4);
  std::vector<float> grads(weights.size());
  Plan training(spec, {.batch = 40, .loss = "mse"}), inference(spec, {.batch = 40});
  training.bind(weights, grads);
  inference.bind(weights);
  for (float& x : training.input()) x = 0.5F;
  for (float& x : inference.input()) x = 0.5F;
  inference.run();
  double sum = 0, squares = 0;
  constexpr std::uint64_t kSteps = 200;
  for (std::uint64_t step = 0; step < kSteps; ++step) {
    training.run({.dropout_key = 17, .number = step});
    for (const float y : training.output()) {
      sum += static_cast<double>(y);
      squares += static_cast<double>(y) * static_cast<double>(y);
    }
  }
  const double n = 40 * kSteps, mean = sum / n, error = std::sqrt((squares / n - mean * mean) / n);
  EXPECT_NEAR(mean, static_cast<double>(inference.output()[0]), 4 * error);
  EXPECT_GT(error, 0);
}

TEST(Plan, DropoutFollowsStepAndKeyAlone) {
  use_threads(1);
  const NetworkSpec spec = make_network({.hidden = {20}, .dropout = 0.5}, 3, {TaskKind::regression, 1});
  std::vector<float> weights = some_weights(spec, 0.4);
  std::vector<float> grads(weights.size());
  Plan plan(spec, {.batch = 5, .loss = "mse"});
  fill_batch(plan, 1);
  plan.bind(weights, grads);
  const double once = plan.run({.dropout_key = 1, .number = 2});
  EXPECT_NE(plan.run({.dropout_key = 1, .number = 3}), once);
  EXPECT_NE(plan.run({.dropout_key = 2, .number = 2}), once);
  EXPECT_EQ(plan.run({.dropout_key = 1, .number = 2}), once);
}

TEST(Plan, ItsMemoryIsKnownBefore) {
  for (const NetworkSpec& spec : {make_network({.hidden = {64, 32}, .dropout = 0.2}, 20, {TaskKind::classification, 4}),
                                  make_network({.hidden = {9}, .activation = "gelu"}, 5, {TaskKind::regression, 1}),
                                  make_network({.type = "linear"}, 3, {TaskKind::regression, 2})})
    for (const char* loss : {"", spec.task == TaskKind::classification ? "cross_entropy" : "mse"})
      for (const std::int32_t batch : {1, 33})
        EXPECT_EQ(Plan(spec, {.batch = batch, .loss = loss}).memory_bytes(),
                  estimate_bytes(spec, {.batch = batch, .loss = loss}));
}

TEST(PlanCache, CompilesEachShapeOnce) {
  PlanCache cache;
  const NetworkSpec spec = make_network({.hidden = {4}}, 3, {TaskKind::classification, 2});
  const auto plan = cache.get(spec, {.batch = 8, .loss = "cross_entropy"});
  EXPECT_EQ(cache.get(spec, {.batch = 8, .loss = "cross_entropy"}), plan);
  EXPECT_NE(cache.get(spec, {.batch = 7, .loss = "cross_entropy"}), plan);
  EXPECT_NE(cache.get(spec, {.batch = 8}), plan);
  EXPECT_NE(
      cache.get(make_network({.hidden = {5}}, 3, {TaskKind::classification, 2}), {.batch = 8, .loss = "cross_entropy"}),
      plan);
  EXPECT_EQ(cache.hits(), 1);
  EXPECT_EQ(cache.misses(), 4);
}

TEST(PlanCache, LetsTheLeastRecentlyUsedGoFirst) {
  const NetworkSpec spec = make_network({.hidden = {4}}, 3, {TaskKind::classification, 2});
  const std::size_t size = estimate_bytes(spec, {.batch = 32});
  PlanCache cache(2 * size);
  const auto first = cache.get(spec, {.batch = 32});
  const auto second = cache.get(spec, {.batch = 31});
  EXPECT_EQ(cache.get(spec, {.batch = 32}), first);
  const auto third = cache.get(spec, {.batch = 30});  // the second goes
  EXPECT_LE(cache.bytes(), 2 * size);
  EXPECT_EQ(cache.get(spec, {.batch = 32}), first);
  EXPECT_NE(cache.get(spec, {.batch = 31}), second);
  second->bind(some_weights(spec, 0.4));  // and lives on while it is held
}

TEST(PlanCache, HoldsOnePlanThatIsLargerThanItself) {
  PlanCache cache(1);
  const NetworkSpec spec = make_network({.hidden = {4}}, 3, {TaskKind::classification, 2});
  const auto plan = cache.get(spec, {.batch = 16});
  EXPECT_EQ(cache.get(spec, {.batch = 16}), plan);
  EXPECT_EQ(cache.bytes(), plan->memory_bytes());
}

}  // namespace
}  // namespace jury
