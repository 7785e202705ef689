#include "models/nn/transfer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "layer_tables.hpp"
#include "training_fixture.hpp"

namespace jury {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr std::int32_t kInputs = 4;

ModelOptions body() {
  return network_model({layer("dense", {{"units", 6}, {"name", "stem"}}), layer("batch_norm", {{"activation", "relu"}}),
                        layer("dense", {{"units", 5}, {"activation", "tanh"}})});
}

// A network whose weights are all different and none of them initial.
Donor donor_of(const NetworkSpec& spec) {
  Donor donor{spec, Network(spec).initial_weights(99)};
  for (std::size_t i = 0; i < donor.weights.size(); ++i) donor.weights[i] += 1 + static_cast<float>(i) / 1024;
  return donor;
}
Donor donor(std::int32_t classes = 3) {
  return donor_of(make_network(body(), kInputs, {TaskKind::classification, classes}));
}

std::vector<float> slice(const std::vector<float>& weights, const Tensor& tensor) {
  const auto first = weights.begin() + static_cast<std::ptrdiff_t>(tensor.offset);
  return {first, first + static_cast<std::ptrdiff_t>(volume(tensor.shape))};
}

TEST(Transfer, WithoutANewHeadEverythingIsTheDonors) {
  const Donor from = donor();
  const NetworkSpec spec = transfer_network(from, {}, kInputs, {TaskKind::classification, 3});
  EXPECT_EQ(spec, from.network);
  EXPECT_EQ(transfer_weights(from, spec, 5), from.weights);
}

TEST(Transfer, ANewHeadIsFreshAndTheRestIsTheDonors) {
  const Donor from = donor();
  for (const std::int32_t classes : {3, 7}) {
    const NetworkSpec spec =
        transfer_network(from, {.replace_head = true}, kInputs, {TaskKind::classification, classes});
    EXPECT_EQ(spec.outputs, classes);
    EXPECT_THAT(spec.architecture, HasSubstr("-to" + std::to_string(classes)));
    const auto weights = transfer_weights(from, spec, 5), fresh = Network(spec).initial_weights(5);
    for (const Tensor& tensor : layout(spec)) {
      const bool of_head = tensor.name.starts_with("head.new.");
      EXPECT_EQ(slice(weights, tensor), slice(of_head ? fresh : from.weights, tensor)) << tensor.name;
    }
    EXPECT_EQ(layout(spec).back().name, "head.new.bias");
  }
}

TEST(Transfer, ANewHeadMayBeOfAnotherTask) {
  const Donor from = donor();
  const NetworkSpec spec =
      transfer_network(from, {.output = "mean_variance", .replace_head = true}, kInputs, {TaskKind::regression, 2});
  EXPECT_EQ(spec.task, TaskKind::regression);
  EXPECT_EQ(spec.head, Head::mean_variance);
  EXPECT_EQ(spec.outputs, 4);
  EXPECT_EQ(transfer_weights(from, spec, 5).size(), num_parameters(spec));
}

// What reads the new head has its width, and so is new as well.
TEST(Transfer, LayersBehindANewHeadAreFreshWhereTheirShapesChange) {
  const Donor from =
      donor_of(network_of({layer("conv", {{"channels", 4}}), layer("conv", {{"channels", "outputs"}, {"kernel", 1}}),
                           layer("batch_norm"), layer("global_pool")},
                          {1, 4, 4}));
  const NetworkSpec spec =
      transfer_network(from, {.replace_head = true}, Inputs(Shape{1, 4, 4}), {TaskKind::classification, 5});
  const auto weights = transfer_weights(from, spec, 5), fresh = Network(spec).initial_weights(5);
  for (const Tensor& tensor : layout(spec))
    EXPECT_EQ(slice(weights, tensor), slice(tensor.name.starts_with("0.conv.") ? from.weights : fresh, tensor))
        << tensor.name;
}

TEST(Transfer, FreezesByTheDonorsNamesAndForgetsItsRates) {
  ModelOptions model = body();
  model.freeze = {"2.dense"};
  const Donor from = donor_of(make_network(model, kInputs, {TaskKind::classification, 3}));
  const NetworkSpec spec = transfer_network(from, {.freeze = {"stem"}}, kInputs, {TaskKind::classification, 3});
  EXPECT_EQ(spec.layers[0].lr_factor, 0);
  EXPECT_EQ(spec.layers[2].lr_factor, 1);
}

TEST(Transfer, SaysWhatDoesNotFit) {
  const Donor from = donor();
  EXPECT_THAT(
      [&] {
        transfer_network(from, {}, 9, {TaskKind::classification, 3});
      },
      ThrowsMessage<ConfigError>(
          HasSubstr("the network of model.from takes 4 inputs (the data has 9 after preprocessing)")));
  EXPECT_THAT(
      [&] {
        transfer_network(from, {}, kInputs, {TaskKind::classification, 5});
      },
      ThrowsMessage<ConfigError>(
          AllOf(HasSubstr("puts out 3 (classification, softmax), the data needs 5 (classification, softmax)"),
                HasSubstr("(set model.replace_head = true)"))));
  EXPECT_THAT(
      [&] {
        transfer_network(from, {}, kInputs, {TaskKind::regression, 3});
      },
      ThrowsMessage<ConfigError>(HasSubstr("the data needs 3 (regression, linear)")));
  EXPECT_THAT(
      [&] {
        transfer_network(from, {.output = "sigmoid"}, kInputs, {TaskKind::classification, 3});
      },
      ThrowsMessage<ConfigError>(HasSubstr("the data needs 3 (classification, sigmoid)")));
  EXPECT_THAT(
      [&] {
        transfer_network(from, {.freeze = {"stam"}}, kInputs, {TaskKind::classification, 3});
      },
      ThrowsMessage<ConfigError>(HasSubstr("did you mean 'stem'?")));
}

TEST(Transfer, ANetworkWithoutAHeadToReplaceIsAnError) {
  ModelOptions model = network_model({layer("lstm", {{"units", "outputs"}})});
  const Donor from = donor_of(make_network(model, Inputs(Shape{3, 2}), {TaskKind::classification, 3}));
  EXPECT_THAT(
      [&] {
        transfer_network(from, {.replace_head = true}, Inputs(Shape{3, 2}), {TaskKind::classification, 5});
      },
      ThrowsMessage<ConfigError>(HasSubstr("finds no dense or conv layer in the stored network to replace")));
}

TEST(Transfer, TheHashIsOfTheNetworkAndTheWeights) {
  const Donor from = donor();
  Donor other = from;
  EXPECT_EQ(other.hash(), from.hash());
  other.weights.back() += 1;
  EXPECT_NE(other.hash(), from.hash());
  other = from;
  other.network.layers[0].name = "trunk";
  EXPECT_NE(other.hash(), from.hash());
}

using TransferInTraining = Training;

TEST_F(TransferInTraining, AFrozenBodyStaysAndTheNewHeadLearns) {
  const ToyData data = toy_blobs(60, kInputs, 4);
  const Donor from = donor();
  const NetworkSpec spec = transfer_network(from, {.replace_head = true, .freeze = {"stem", "1.batch_norm", "2.dense"}},
                                            kInputs, {TaskKind::classification, 4});
  const auto first = transfer_weights(from, spec, 5);
  const auto result = fit_from(
      first, spec, {.optimizer = "adamw", .lr = 0.05, .batch = 20, .epochs = 20, .weight_decay = 0.1, .max_norm = 2.0},
      data.all());
  for (const Tensor& tensor : layout(spec)) {
    if (tensor.name.starts_with("head.new."))
      EXPECT_NE(slice(result.weights, tensor), slice(first, tensor)) << tensor.name;
    else
      EXPECT_EQ(slice(result.weights, tensor), slice(first, tensor)) << tensor.name;
  }
  EXPECT_LT(result.curve.back().train_loss, result.curve.front().train_loss);
}

}  // namespace
}  // namespace jury
