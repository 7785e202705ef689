#include "models/nn/network.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "layer_tables.hpp"

namespace jury {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

const Outputs kTenClasses{TaskKind::classification, 10};

NetworkSpec digits() { return make_network({.hidden = {100}, .activation = "relu"}, 64, kTenClasses); }

TEST(Network, NamesItsArchitecture) {
  EXPECT_EQ(digits().architecture, "mlp-64-100-10-relu");
  EXPECT_EQ(make_network({.hidden = {5, 4}, .activation = "tanh", .dropout = 0.1}, 3, kTenClasses).architecture,
            "mlp-3-5-4-10-tanh-dropout0.1");
  EXPECT_EQ(make_network({.type = "linear"}, 7, {TaskKind::regression, 2}).architecture, "linear-7-2");
}

TEST(Network, LaysItsTensorsOutOneAfterTheOther) {
  const auto tensors = layout(make_network({.hidden = {3}, .dropout = 0.5}, 4, {TaskKind::regression, 2}));
  ASSERT_EQ(tensors.size(), 4);
  EXPECT_EQ(tensors[0].name, "0.dense.weights");
  EXPECT_THAT(tensors[0].shape, ElementsAre(3, 4));
  EXPECT_EQ(tensors[1].name, "0.dense.bias");
  EXPECT_EQ(tensors[1].offset, 12);
  EXPECT_EQ(tensors[2].name, "2.dense.weights");
  EXPECT_EQ(tensors[2].offset, 15);
  EXPECT_THAT(tensors[2].shape, ElementsAre(2, 3));
  EXPECT_EQ(tensors[3].offset, 21);
}

TEST(Network, CountsParametersAndOperations) {
  EXPECT_EQ(num_parameters(digits()), 64 * 100 + 100 + 100 * 10 + 10);
  EXPECT_EQ(forward_flops(digits()), 2 * (64 * 100 + 100 * 10));
  EXPECT_EQ(step_flops(digits()), 2 * (2 * 64 * 100 + 3 * 100 * 10));  // no gradient of the input
}

TEST(Network, StartsFromTheStreamAlone) {
  const Network network(digits());
  const auto weights = network.initial_weights(1);
  EXPECT_EQ(weights, network.initial_weights(1));
  EXPECT_NE(weights, network.initial_weights(2));
  for (const Tensor& tensor : network.tensors()) {
    const auto values = std::span(weights).subspan(tensor.offset, volume(tensor.shape));
    EXPECT_EQ(std::count(values.begin(), values.end(), 0.0F) > 0, tensor.role == Tensor::Role::bias) << tensor.name;
  }
}

TEST(Network, ComesBackFromItsBytes) {
  for (const NetworkSpec& spec : {digits(), make_network({.type = "linear"}, 3, {TaskKind::regression, 1}),
                                  make_network({.hidden = {5, 5}, .dropout = 0.25}, 9, kTenClasses)})
    EXPECT_EQ(network_from_bytes(to_bytes(spec)), spec);
}

TEST(Network, GraphsComeBackFromTheirBytes) {
  const auto conv =
      layer("conv", {{"channels", 3}, {"kernel", {3, 1}}, {"bias", false}, {"name", "a"}, {"lr_factor", 0.25}});
  NetworkSpec spec = network_of({conv, layer("dropout2d", {{"rate", 0.25}, {"name", "b"}}),
                                 layer("concat", {{"from", texts({"a", "b", "input"})}})},
                                {2, 6, 6});
  spec.head = Head::sigmoid;
  ASSERT_EQ(spec.input_order, InputOrder::channels_first);
  ASSERT_EQ(spec.layers[0].lr_factor, 0.25);
  const NetworkSpec back = network_from_bytes(to_bytes(spec));
  EXPECT_EQ(back, spec);
  EXPECT_EQ(to_bytes(back), to_bytes(spec));
}

// What bytes can say and no network is: found out when a Network is made of them.
TEST(Network, RefusesLayersThatReadWhatIsNotBeforeThem) {
  for (const std::int32_t wrong : {0, 1, 7, -3}) {
    NetworkSpec spec = digits();
    spec.layers[0].inputs = {wrong};
    const NetworkSpec back = network_from_bytes(to_bytes(spec));
    EXPECT_THAT([&] { Network{back}; },
                ThrowsMessage<ConfigError>(HasSubstr("layer 0 (dense) reads layer " + std::to_string(wrong))));
  }
  NetworkSpec spec = digits();
  spec.layers[1].inputs = {};
  EXPECT_THAT([&] { Network{spec}; }, ThrowsMessage<ConfigError>(HasSubstr("layer 1 (dense) has no input")));
}

TEST(Network, RefusesBytesWithRatesThatAreNone) {
  for (const double wrong : {-1.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    NetworkSpec spec = digits();
    spec.layers[0].lr_factor = wrong;
    EXPECT_THAT([&] { network_from_bytes(to_bytes(spec)); },
                ThrowsMessage<DataError>(HasSubstr("bytes are no network")));
  }
}

TEST(Network, TwoLayersOfOneNameAreNone) {
  NetworkSpec spec = digits();
  spec.layers[0].name = "1.dense";
  EXPECT_THAT([&] { Network{spec}; }, ThrowsMessage<ConfigError>(HasSubstr("two layers are called '1.dense'")));
}

TEST(Network, RefusesDamagedBytes) {
  const Bytes bytes = to_bytes(digits());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_THROW(network_from_bytes(std::span(bytes).first(size)), DataError) << size;
  Bytes longer = bytes;
  longer.push_back(std::byte{0});
  EXPECT_THROW(network_from_bytes(longer), DataError);
  Bytes newer = bytes;
  newer[0] = std::byte{9};
  EXPECT_THAT([&] { network_from_bytes(newer); }, ThrowsMessage<DataError>(HasSubstr("another version")));
}

// Whatever one byte of it says, it is read or refused, never followed.
TEST(Network, SurvivesAnyOneWrongByte) {
  const Bytes bytes = to_bytes(digits());
  for (std::size_t i = 0; i < bytes.size(); ++i)
    for (const int wrong : {0x00, 0x03, 0x7f, 0xff}) {
      Bytes damaged = bytes;
      damaged[i] = static_cast<std::byte>(wrong);
      try {
        static_cast<void>(network_from_bytes(damaged));
      } catch (const DataError&) {
      }
    }
}

TEST(Network, SaysWhatDoesNotFit) {
  EXPECT_THAT([] { make_network({}, 0, kTenClasses); }, ThrowsMessage<ConfigError>(HasSubstr("no inputs")));
  EXPECT_THAT(
      [] {
        make_network({}, 3, {TaskKind::classification, 0});
      },
      ThrowsMessage<ConfigError>(HasSubstr("no outputs")));
  EXPECT_THAT([] { make_network({.type = "cnn"}, 3, kTenClasses); },
              ThrowsMessage<ConfigError>(HasSubstr("an image network needs data.shape = [height, width]")));
  EXPECT_THAT(
      [] {
        make_network({.hidden = {65536, 65536}}, 3, kTenClasses);
      },
      ThrowsMessage<ConfigError>(HasSubstr("layer 1 (dense): the network has more than 2^31 weights")));
}

TEST(Network, NamesTheLayerThatIsWrong) {
  NetworkSpec spec = digits();
  spec.layers[1].type = "dens";
  EXPECT_THAT([&] { Network{spec}; },
              ThrowsMessage<ConfigError>(HasSubstr("layer 1 (dens): no layer is called 'dens' did you mean 'dense'?")));
  spec = digits();
  spec.layers[0].options.set("unit", Config(std::int64_t{3}));
  EXPECT_THAT([&] { Network{spec}; }, ThrowsMessage<ConfigError>(HasSubstr("layer 0 (dense): unknown key 'unit'")));
  spec = digits();
  spec.outputs = 7;
  EXPECT_THAT([&] { Network{spec}; }, ThrowsMessage<ConfigError>(HasSubstr("puts out 10 (the data needs 7)")));
}

TEST(Network, CodesAreEmbeddedFirst) {
  Inputs in(4);
  in.codes = {{.input = 1, .size = 50}, {.input = 3, .size = 7}};
  const NetworkSpec spec = make_network({.hidden = {8}, .embedding = 5}, in, kTenClasses);
  EXPECT_EQ(spec.architecture, "mlp-4-embedding5-8-10-relu");
  EXPECT_EQ(spec.layers.front().type, "embedding");
  const auto tensors = layout(spec);
  EXPECT_EQ(tensors[0].shape, Shape({50, 5}));
  EXPECT_EQ(tensors[1].shape, Shape({7, 5}));
  EXPECT_EQ(tensors[2].shape, Shape({8, 2 + 2 * 5}));
  EXPECT_EQ(network_from_bytes(to_bytes(spec)), spec);
  EXPECT_EQ(make_network({.hidden = {8}}, in, kTenClasses), make_network({.hidden = {8}}, 4, kTenClasses));
}

TEST(Network, EmbeddingNeedsCodesAndHiddenLayers) {
  EXPECT_THAT([] { make_network({.embedding = 5}, 4, kTenClasses); },
              ThrowsMessage<ConfigError>(
                  HasSubstr("model.embedding needs ordinal categoricals (add a preprocess step ordinal)")));
  Inputs in(4);
  in.codes = {{.input = 1, .size = 50}};
  EXPECT_THAT([&] { make_network({.type = "linear", .embedding = 5}, in, kTenClasses); },
              ThrowsMessage<ConfigError>(HasSubstr("model.embedding does not go with model.type = \"linear\"")));
}

}  // namespace
}  // namespace jury
