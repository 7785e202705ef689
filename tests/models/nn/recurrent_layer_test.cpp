#include "models/nn/recurrent_layer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "gradient_check.hpp"
#include "models/nn/predict.hpp"
#include "naive_recurrent.hpp"
#include "some_weights.hpp"
#include "toy_data.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

struct Case {
  std::string name;
  std::int32_t features, time;
  std::vector<Recurrent> layers;

  NetworkSpec spec() const {
    const Recurrent& last = layers.back();
    NetworkSpec spec{.task = TaskKind::classification,
                     .input = {features, time},
                     .outputs = static_cast<std::int32_t>(last.units * (last.bidirectional ? 2 : 1)),
                     .architecture = "test",
                     .layers = {}};
    for (const Recurrent& layer : layers) spec.layers.push_back(layer.spec());
    return spec;
  }
};
void PrintTo(const Case& test, std::ostream* out) { *out << test.name; }

class RecurrentLayers : public testing::TestWithParam<Case> {};

TEST_P(RecurrentLayers, ComputeWhatTheFormulasSay) {
  use_threads(1);
  const NetworkSpec spec = GetParam().spec();
  const auto features = static_cast<std::size_t>(GetParam().features), time = static_cast<std::size_t>(GetParam().time);
  for (const std::int32_t batch : {1, 5, 64}) {
    Plan plan(spec, {.batch = batch});
    const std::vector<float> weights = some_weights(spec, 0.5);
    plan.bind(weights);
    fill_batch(plan, 3);
    plan.run();
    const auto outputs = static_cast<std::size_t>(spec.outputs);
    for (std::size_t row = 0; row < static_cast<std::size_t>(batch); ++row) {
      Steps steps(time);
      for (std::size_t t = 0; t < time; ++t)
        for (std::size_t k = 0; k < features; ++k)
          steps[t].push_back(static_cast<double>(plan.input()[(row * time + t) * features + k]));
      const Numbers expected = naive_recurrent(GetParam().layers, spec, weights, steps);
      for (std::size_t i = 0; i < outputs; ++i)
        EXPECT_NEAR(static_cast<double>(plan.output()[row * outputs + i]), expected[i], 2e-6) << row << " " << i;
    }
  }
}

TEST_P(RecurrentLayers, HaveTheGradientsOfTheLoss) {
  const NetworkSpec spec = GetParam().spec();
  if (num_parameters(spec) < 1000) expect_gradients(spec, "cross_entropy", 3, 11);  // of more it takes long
  for (const std::int32_t batch : {1, 5}) expect_input_gradient(spec, "cross_entropy", batch, 12);
}

// Workspaces and packed weights hold what the last step left in them.
TEST_P(RecurrentLayers, GiveTheSameBitsWhateverRanBefore) {
  use_threads(1);
  const NetworkSpec spec = GetParam().spec();
  std::vector<float> params = some_weights(spec, 0.5), grads(params.size());
  const auto run = [&](Plan& plan) {
    fill_batch(plan, 5);
    plan.run();
    std::vector<float> bits = grads;
    bits.insert(bits.end(), plan.output().begin(), plan.output().end());
    bits.insert(bits.end(), plan.d_input().begin(), plan.d_input().end());
    return bits;
  };
  const PlanOptions options{.batch = 6, .loss = "cross_entropy", .input_gradient = true};
  Plan fresh(spec, options), used(spec, options);
  fresh.bind(params, grads);
  const auto expected = run(fresh);
  used.bind(params, grads);
  fill_batch(used, 6);
  std::fill(used.input().begin(), used.input().end(), std::numeric_limits<float>::quiet_NaN());
  used.run();
  EXPECT_EQ(run(used), expected);
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, RecurrentLayers,
    testing::Values(
        Case{"Lstm", 3, 5, {{"lstm", 9}}}, Case{"LstmOfOneStep", 2, 1, {{"lstm", 3}}},
        Case{"LstmOfOneStepBothWays", 2, 1, {{"lstm", 3, 2, true}}},
        Case{"LstmOfOneFeature", 1, 7, {{"lstm", 2, 1, true}}}, Case{"LstmBothWays", 3, 4, {{"lstm", 5, 1, true}}},
        Case{"LstmStacked", 2, 4, {{"lstm", 4, 3}}}, Case{"LstmStackedBothWays", 3, 4, {{"lstm", 3, 2, true}}},
        Case{"LstmWide", 19, 6, {{"lstm", 33, 1, true}}},
        Case{"LstmOfEveryStep", 3, 4, {{"lstm", 4, 1, true, "all"}, {"lstm", 3}}}, Case{"Gru", 3, 5, {{"gru", 9}}},
        Case{"GruOfOneStep", 2, 1, {{"gru", 3}}}, Case{"GruOfOneFeature", 1, 7, {{"gru", 2, 1, true}}},
        Case{"GruBothWays", 3, 4, {{"gru", 5, 1, true}}}, Case{"GruStacked", 2, 4, {{"gru", 4, 3}}},
        Case{"GruStackedBothWays", 3, 4, {{"gru", 3, 2, true}}}, Case{"GruWide", 19, 6, {{"gru", 33, 1, true}}},
        Case{"GruOfEveryStep", 3, 4, {{"lstm", 2, 2, false, "all"}, {"gru", 4, 1, true, "all"}, {"gru", 3}}}),
    [](const auto& test) { return test.param.name; });

const Case kPair{"", 3, 4, {{"lstm", 3, 1, true, "all"}, {"gru", 4}}};

TEST(RecurrentLayer, ReturnsTheLastStateOrAllOfThem) {
  const auto shape = [](const Recurrent& layer) {
    return make_layer(layer.spec())->output(std::vector<Shape>{{3, 9}});
  };
  EXPECT_EQ(shape({"lstm", 5, 2, true}), Shape({10}));
  EXPECT_EQ(shape({"gru", 5, 1, false, "all"}), Shape({5, 9}));
}

TEST(RecurrentLayer, TensorsAreNamedAndShapedAsPyTorchDoes) {
  const Case pair{"", 3, 4, {{"gru", 5, 2, true}}};
  const auto tensors = layout(pair.spec());
  ASSERT_EQ(tensors.size(), 12U);
  EXPECT_EQ(tensors[0].name, "0.gru.weight_ih_l0");
  EXPECT_EQ(tensors[0].shape, Shape({15, 3}));
  EXPECT_EQ(tensors[4].name, "0.gru.weight_hh_l0_reverse");
  EXPECT_EQ(tensors[4].shape, Shape({15, 5}));
  EXPECT_EQ(tensors[6].shape, Shape({15, 10}));
  EXPECT_EQ(tensors[11].name, "0.gru.bias_l1_reverse");
  EXPECT_EQ(tensors[11].shape, Shape({20}));
  EXPECT_EQ(tensors[11].role, Tensor::Role::bias);
}

TEST(RecurrentLayer, AFrozenOneLeavesItsGradientsZeroAndPassesThemOn) {
  NetworkSpec spec = kPair.spec();
  spec.layers[1].lr_factor = 0;
  expect_input_gradient(spec, "cross_entropy", 3, 4);
  Plan plan(spec, {.batch = 3, .loss = "cross_entropy"});
  std::vector<float> params = some_weights(spec, 0.5), grads(params.size());
  plan.bind(params, grads);
  fill_batch(plan, 1);
  plan.run();
  const Tensor first_frozen = layout(spec)[6];
  EXPECT_TRUE(std::any_of(grads.begin(), grads.begin() + static_cast<std::ptrdiff_t>(first_frozen.offset),
                          [](float g) { return g != 0; }));
  EXPECT_TRUE(std::all_of(grads.begin() + static_cast<std::ptrdiff_t>(first_frozen.offset), grads.end(),
                          [](float g) { return g == 0; }));
}

TEST(RecurrentLayer, IsF32InEveryPrecision) {
  use_threads(1);
  const NetworkSpec spec = kPair.spec();
  const auto output = [&](Precision precision) {
    Plan plan(spec, {.batch = 3, .precision = precision});
    const std::vector<float> weights = some_weights(spec, 0.5);
    plan.bind(weights);
    fill_batch(plan, 1);
    plan.run();
    return std::vector<float>(plan.output().begin(), plan.output().end());
  };
  EXPECT_EQ(output(Precision::bf16_emulated), output(Precision::f32));
}

TEST(RecurrentLayer, ForgetBiasIsWhereTheForgetGatesStart) {
  NetworkSpec spec = Case{"", 2, 3, {{"lstm", 2}}}.spec();
  spec.layers[0].options.set("forget_bias", Config(1.5));
  const std::vector<float> weights = Network(spec).initial_weights(1);
  const std::size_t bias = layout(spec)[2].offset;
  EXPECT_EQ(std::vector<float>(weights.begin() + static_cast<std::ptrdiff_t>(bias), weights.end()),
            (std::vector<float>{0, 0, 1.5F, 1.5F, 0, 0, 0, 0}));
}

TEST(RecurrentLayer, NeedsSequences) {
  const auto with_input = [](Shape input) {
    NetworkSpec spec = kPair.spec();
    spec.input = std::move(input);
    return Network(spec);
  };
  EXPECT_THAT([&] { with_input({7}); },
              ThrowsMessage<ConfigError>(HasSubstr("layer 0 (lstm): needs sequences (features x time), is given 7")));
  EXPECT_THAT([&] { with_input({3, 8, 8}); }, ThrowsMessage<ConfigError>(HasSubstr("is given 3x8x8")));
  EXPECT_THAT(
      [] {
        make_layer({"gru", Config(Config::Table{{"return", Config(std::string("first"))}})});
      },
      ThrowsMessage<ConfigError>(HasSubstr("first")));
}

// The sign of the first of eight steps: it must be kept over all that follows.
TEST(RecurrentLayer, LearnsToRemember) {
  use_threads(1);
  constexpr std::size_t kTime = 8, kFeatures = 2, kRows = 256;
  DatasetBuilder builder(toy_schema(TaskKind::classification, kTime * kFeatures, 2), {.num_train = kRows});
  Rng rng(4);
  for (float& x : builder.numeric()) x = static_cast<float>(rng.normal());
  for (std::size_t i = 0; i < kRows; ++i) builder.labels()[i] = builder.numeric()[i * kTime * kFeatures] > 0 ? 1 : 0;
  const ToyData data = finish_toy(std::move(builder));
  for (const char* type : {"lstm", "gru"}) {
    const NetworkSpec spec{
        .task = TaskKind::classification,
        .input = {kFeatures, kTime},
        .outputs = 2,
        .architecture = "test",
        .layers = {Recurrent{type, 8}.spec(), {"dense", Config(Config::Table{{"units", Config(std::int64_t{2})}})}}};
    PlanCache plans;
    const auto result = train(spec, {.lr = 0.03, .batch = 32, .epochs = 40}, data.all(),
                              {.init = 11, .shuffle = 12, .dropout = 13}, {plans, StopFlag()});
    ASSERT_EQ(result.status, TrainStatus::completed);
    std::vector<float> shares(kRows * 2);
    predict({spec, result.weights, data.pipeline, nullptr}, data.dataset, data.rows, plans, shares);
    std::size_t right = 0;
    for (std::size_t i = 0; i < kRows; ++i)
      right += (shares[2 * i + 1] > 0.5F) == (data.dataset.labels()[i] == 1) ? 1U : 0U;
    EXPECT_GT(right, kRows * 95 / 100) << type;
  }
}

}  // namespace
}  // namespace jury
