#include "models/nn/layer_rates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "layer_tables.hpp"
#include "models/nn/gradient_rules.hpp"
#include "models/nn/optimizer.hpp"
#include "training_fixture.hpp"

namespace jury {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

ModelOptions three_layers() {
  return network_model({layer("dense", {{"units", 6}, {"activation", "tanh"}, {"name", "stem.a"}}),
                        layer("dense", {{"units", 5}, {"activation", "tanh"}, {"name", "stem.b"}}),
                        layer("dropout", {{"rate", 0.1}})});
}

std::vector<double> factors(const ModelOptions& model) {
  std::vector<double> all;
  for (const LayerSpec& it : make_network(model, 4, {TaskKind::classification, 3}).layers) all.push_back(it.lr_factor);
  return all;
}

ModelOptions with_factors(std::initializer_list<std::pair<const char*, OptionValue>> entries) {
  ModelOptions model = three_layers();
  model.lr_factors = options(entries);
  return model;
}

// Where the tensors of a layer are in the flat block.
std::vector<float> of_layer(const NetworkSpec& spec, const std::vector<float>& weights, const std::string& label) {
  std::vector<float> all;
  for (const Tensor& tensor : layout(spec))
    if (tensor.name.starts_with(label + "."))
      all.insert(all.end(), weights.begin() + static_cast<std::ptrdiff_t>(tensor.offset),
                 weights.begin() + static_cast<std::ptrdiff_t>(tensor.offset + volume(tensor.shape)));
  EXPECT_FALSE(all.empty()) << label;
  return all;
}

TEST(LayerRates, NamesAndPatternsChooseLayers) {
  EXPECT_THAT(factors(with_factors({{"stem.b", 0.5}})), ElementsAre(1, 0.5, 1, 1));
  EXPECT_THAT(factors(with_factors({{"stem*", 0.25}, {"head", 2}})), ElementsAre(0.25, 0.25, 1, 2));
  EXPECT_THAT(factors(with_factors({{"stem*", 0.25}, {"stem.b", 3}})), ElementsAre(0.25, 0.75, 1, 1));
  ModelOptions frozen = with_factors({{"*", 2}});
  frozen.freeze = {"stem.a"};
  EXPECT_THAT(factors(frozen), ElementsAre(0, 2, 1, 2));
  ModelOptions mlp;
  mlp.freeze = {"0.dense"};
  EXPECT_THAT(factors(mlp), ElementsAre(0, 1));
}

TEST(LayerRates, LayersThemselvesMaySayIt) {
  EXPECT_THAT(factors(network_model({layer("dense", {{"units", 6}, {"frozen", true}}),
                                     layer("dense", {{"units", 5}, {"lr_factor", 0.1}}),
                                     layer("dense", {{"units", 5}, {"frozen", false}})})),
              ElementsAre(0, 0.1, 1, 1));
}

TEST(LayerRates, WhatIsNotThereIsAnErrorWithTheNearest) {
  EXPECT_THAT(
      [] {
        factors(with_factors({{"stem.c", 0.5}}));
      },
      ThrowsMessage<ConfigError>(AllOf(HasSubstr("model.lr_factors names the layer 'stem.c', which is not there"),
                                       HasSubstr("(layers with weights: stem.a, stem.b, head)"),
                                       HasSubstr("did you mean 'stem."))));
  ModelOptions model = three_layers();
  model.freeze = {"2.dropout"};
  EXPECT_THAT([&] { factors(model); },
              ThrowsMessage<ConfigError>(HasSubstr("model.freeze names the layer '2.dropout', which is not there")));
  model.freeze = {"conv*"};
  EXPECT_THAT([&] { factors(model); }, ThrowsMessage<ConfigError>(HasSubstr("model.freeze names the layer 'conv*'")));
}

TEST(LayerRates, AFactorIsANumber) {
  for (const OptionValue& wrong : {OptionValue(-1), OptionValue("much"), OptionValue(2e6)})
    EXPECT_THAT(
        [&] {
          factors(with_factors({{"head", wrong}}));
        },
        ThrowsMessage<ConfigError>(
            AllOf(HasSubstr("model.lr_factors.head = "), HasSubstr("(must be a number in [0, 1e6])"))));
  ModelOptions model = three_layers();
  model.lr_factors = Config(std::int64_t{1});
  EXPECT_THAT([&] { factors(model); },
              ThrowsMessage<ConfigError>(HasSubstr("model.lr_factors = 1 is wrong (write { layer = factor })")));
}

TEST(LayerRates, SomethingMustTrain) {
  ModelOptions model = three_layers();
  model.freeze = {"*"};
  EXPECT_THAT([&] { factors(model); }, ThrowsMessage<ConfigError>(HasSubstr("every layer is frozen")));
}

using LayerRatesInTraining = Training;

TEST_F(LayerRatesInTraining, AFrozenLayerKeepsItsBits) {
  const ToyData data = toy_blobs(40, 4, 3);
  ModelOptions model = three_layers();
  model.freeze = {"stem.b"};
  const NetworkSpec spec = data.network(model);
  const auto start = Network(spec).initial_weights(kStreams.init);
  for (const auto& line : optimizers()) {
    TrainOptions options{.lr = 0.05,
                         .batch = 16,
                         .epochs = 3,
                         .weight_decay = 0.1,
                         .l1 = 0.01,
                         .max_norm = 0.5,
                         .clip_norm = 1.0,
                         .weight_noise = 0.05,
                         .adversarial = 0.02};
    options.optimizer = line.name;
    if (line.name == "sgd" || line.name == "rmsprop") options.momentum = 0.9;
    const auto result = fit(spec, options, data.all());
    ASSERT_EQ(result.status, TrainStatus::completed) << line.name;
    EXPECT_EQ(of_layer(spec, result.weights, "stem.b"), of_layer(spec, start, "stem.b")) << line.name;
    EXPECT_NE(of_layer(spec, result.weights, "stem.a"), of_layer(spec, start, "stem.a")) << line.name;
    EXPECT_NE(of_layer(spec, result.weights, "head"), of_layer(spec, start, "head")) << line.name;
  }
}

TEST_F(LayerRatesInTraining, AFrozenLayerHasNoShareInTheNormOfTheGradient) {
  const ToyData data = toy_blobs(40, 4, 3);
  ModelOptions model = three_layers();
  model.freeze = {"stem.b"};
  const Network network(data.network(model));
  const GradientRules rules(network, {.weight_decay = 0.5, .l1 = 0.5});
  const auto weights = network.initial_weights(1);
  std::vector<float> grads(weights.size());
  for (int step = 0; step < 2; ++step) rules.before_step(weights, grads);
  const auto frozen = of_layer(network.spec(), grads, "stem.b"), free = of_layer(network.spec(), grads, "stem.a");
  EXPECT_EQ(frozen, std::vector<float>(frozen.size()));
  EXPECT_NE(free, std::vector<float>(free.size()));
}

TEST_F(LayerRatesInTraining, AFactorScalesTheStep) {
  const ToyData data = toy_blobs(40, 4, 3);
  const TrainOptions options{.optimizer = "sgd", .lr = 0.5, .batch = std::string("full"), .epochs = 1};
  const NetworkSpec plain = data.network(three_layers()),
                    halved = data.network(with_factors({{"stem.a", 0.5}, {"head", 3}}));
  const auto start = Network(plain).initial_weights(kStreams.init);
  const auto a = fit(plain, options, data.all()).weights, b = fit(halved, options, data.all()).weights;
  for (const auto& [label, factor] : {std::pair("stem.a", 0.5F), std::pair("stem.b", 1.0F), std::pair("head", 3.0F)}) {
    const auto from = of_layer(plain, start, label), to = of_layer(plain, a, label), here = of_layer(halved, b, label);
    for (std::size_t i = 0; i < from.size(); ++i)
      EXPECT_NEAR(here[i] - from[i], factor * (to[i] - from[i]), 1e-6F) << label;
  }
}

TEST_F(LayerRatesInTraining, ALargeFactorDoesNotBreakTheMaxNorm) {
  const ToyData data = toy_blobs(40, 4, 3);
  const NetworkSpec spec = data.network(with_factors({{"stem.a", 4}, {"stem.b", 0.25}}));
  const auto result = fit(spec, {.lr = 0.1, .batch = 10, .epochs = 3, .max_norm = 0.5}, data.all());
  for (const Tensor& tensor : layout(spec)) {
    if (tensor.role != Tensor::Role::weights) continue;
    const std::size_t inputs = volume(tensor.shape) / static_cast<std::size_t>(tensor.shape[0]);
    for (std::size_t unit = 0; unit < volume(tensor.shape) / inputs; ++unit) {
      double squares = 0;
      for (std::size_t i = 0; i < inputs; ++i)
        squares += std::pow(static_cast<double>(result.weights[tensor.offset + unit * inputs + i]), 2);
      EXPECT_LE(std::sqrt(squares), 0.5 + 1e-6) << tensor.name << " unit " << unit;
    }
  }
}

// Its statistics stay those that the other layers were trained with.
TEST_F(LayerRatesInTraining, AFrozenBatchNormalisationKeepsItsStatistics) {
  const ToyData data = toy_blobs(40, 4, 3);
  ModelOptions model = network_model({layer("dense", {{"units", 6}}), layer("batch_norm", {{"name", "norm"}}),
                                      layer("activation"), layer("dense", {{"units", 5}})});
  const NetworkSpec trained = data.network(model);
  const TrainOptions options{.optimizer = "adamw", .lr = 0.05, .batch = 16, .epochs = 3, .weight_decay = 0.1};
  const auto start = fit(trained, options, data.all()).weights;
  EXPECT_NE(of_layer(trained, start, "norm"),
            of_layer(trained, Network(trained).initial_weights(kStreams.init), "norm"));
  model.freeze = {"norm"};
  const NetworkSpec frozen = data.network(model);
  const auto after = fit_from(start, frozen, options, data.all()).weights;
  EXPECT_EQ(of_layer(frozen, after, "norm"), of_layer(trained, start, "norm"));
  EXPECT_NE(of_layer(frozen, after, "0.dense"), of_layer(trained, start, "0.dense"));
  const auto on = fit_from(start, trained, options, data.all()).weights;
  EXPECT_NE(of_layer(trained, on, "norm"), of_layer(trained, start, "norm"));
}

}  // namespace
}  // namespace jury
