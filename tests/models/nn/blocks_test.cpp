#include "models/nn/blocks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gradient_check.hpp"
#include "layer_tables.hpp"
#include "models/nn/spec_builder.hpp"

namespace jury {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

// Layers of a list on their own, and the shape that comes out.
struct Built {
  Built(std::initializer_list<Config> tables, Shape input) {
    spec.input = std::move(input);
    SpecBuilder builder(spec, 10);
    dst = builder.shape(builder.add_list(list(tables), LayerSpec::kInput));
  }
  std::vector<std::string> types() const {
    std::vector<std::string> all;
    for (const LayerSpec& it : spec.layers) all.push_back(it.type);
    return all;
  }

  NetworkSpec spec;
  Shape dst;
};

// Of a convolution without bias, and of a normalisation: scale, shift, mean and variance.
std::size_t conv(std::size_t in, std::size_t out, std::size_t kernel) { return in * out * kernel * kernel; }
std::size_t norm(std::size_t channels) { return 4 * channels; }

TEST(Blocks, ConvBlockIsConvolutionNormalisationActivationPoolingDropout) {
  const Built relu({layer("conv_block", {{"channels", 6}, {"kernel", 5}, {"pool", 2}, {"dropout2d", 0.1}})}, {3, 8, 9});
  EXPECT_EQ(relu.dst, Shape({6, 4, 4}));
  EXPECT_THAT(relu.types(), ElementsAre("conv", "batch_norm", "max_pool", "dropout2d"));
  const Built tanh(
      {layer("conv_block", {{"channels", 6}, {"activation", "tanh"}, {"stride", {2, 1}}, {"padding", "valid"}})},
      {3, 8, 9});
  EXPECT_EQ(tanh.dst, Shape({6, 3, 7}));
  EXPECT_THAT(tanh.types(), ElementsAre("conv", "batch_norm", "activation"));
  const Built plain({layer("conv_block", {{"channels", 6}, {"activation", "tanh"}, {"batch_norm", false}})}, {3, 8});
  EXPECT_EQ(plain.dst, Shape({6, 8}));
  EXPECT_THAT(plain.types(), ElementsAre("conv"));
}

TEST(Blocks, ResidualKeepsOrProjectsItsInput) {
  const Built same({layer("residual", {{"channels", 4}})}, {4, 6, 6});
  EXPECT_EQ(same.dst, Shape({4, 6, 6}));
  EXPECT_THAT(same.types(), ElementsAre("conv", "batch_norm", "conv", "batch_norm", "add", "activation"));
  const Built projected({layer("residual", {{"channels", 8}, {"stride", 2}})}, {4, 7, 6});
  EXPECT_EQ(projected.dst, Shape({8, 4, 3}));
  EXPECT_THAT(projected.types(),
              ElementsAre("conv", "batch_norm", "conv", "batch_norm", "conv", "batch_norm", "add", "activation"));
  const Built bottleneck({layer("residual", {{"channels", 8}, {"bottleneck", true}})}, {4, 6, 6});
  EXPECT_EQ(bottleneck.dst, Shape({8, 6, 6}));
  EXPECT_EQ(*bottleneck.spec.layers[0].options.find("channels"), Config(std::int64_t{2}));
  const Built before({layer("residual", {{"channels", 4}, {"preactivation", true}})}, {4, 6, 6});
  EXPECT_THAT(before.types(), ElementsAre("batch_norm", "conv", "batch_norm", "conv", "add"));
  EXPECT_THAT(before.spec.layers.back().inputs, ElementsAre(3, LayerSpec::kInput));
  const Built before_projected(
      {layer("residual", {{"channels", 8}, {"stride", 2}, {"preactivation", true}, {"bottleneck", true}})}, {4, 6, 6});
  EXPECT_EQ(before_projected.dst, Shape({8, 3, 3}));
}

TEST(Blocks, InceptionHasTheChannelsOfAllBranches) {
  const Built it({layer("inception", {{"conv1", 4}, {"conv3", {2, 6}}, {"conv5", {1, 3}}, {"pool", 2}})}, {5, 7, 6});
  EXPECT_EQ(it.dst, Shape({4 + 6 + 3 + 2, 7, 6}));
  EXPECT_EQ(it.spec.layers.back().inputs.size(), 4);
  EXPECT_THAT(
      [] {
        Built({layer("inception", {{"conv3", {2, 6, 7}}})}, {5, 7, 6});
      },
      ThrowsMessage<ConfigError>(HasSubstr("need two widths each, [reduced, out]")));
}

TEST(Blocks, DenseBlockGrowsAndTransitionShrinks) {
  EXPECT_EQ(Built({layer("dense_block", {{"layers", 3}, {"growth", 5}})}, {4, 6, 6}).dst, Shape({4 + 3 * 5, 6, 6}));
  EXPECT_EQ(Built({layer("dense_block", {{"layers", 2}, {"bottleneck", false}, {"dropout", 0.2}})}, {4, 6, 6}).dst,
            Shape({4 + 2 * 12, 6, 6}));
  EXPECT_EQ(Built({layer("transition")}, {9, 6, 7}).dst, Shape({4, 3, 3}));
  EXPECT_EQ(Built({layer("transition", {{"compression", 0.001}})}, {9, 6, 7}).dst, Shape({1, 3, 3}));
}

TEST(Blocks, SqueezeExciteKeepsTheShape) {
  const Built it({layer("squeeze_excite", {{"ratio", 4}})}, {9, 6, 7});
  EXPECT_EQ(it.dst, Shape({9, 6, 7}));
  EXPECT_THAT(it.types(), ElementsAre("global_pool", "dense", "dense", "scale"));
  EXPECT_EQ(*it.spec.layers[1].options.find("units"), Config(std::int64_t{2}));
}

TEST(Blocks, BranchesAreJoined) {
  const auto one = layer("conv", {{"channels", 4}});
  const Config two = list({list({one}), list({one, one})}), with_input = list({list({one}), list({})});
  EXPECT_EQ(Built({layer("branches", {{"branches", two}})}, {3, 5, 5}).dst, Shape({8, 5, 5}));
  EXPECT_EQ(Built({layer("branches", {{"branches", two}, {"join", "add"}})}, {3, 5, 5}).dst, Shape({4, 5, 5}));
  EXPECT_EQ(Built({layer("branches", {{"branches", with_input}})}, {3, 5, 5}).dst, Shape({7, 5, 5}));
  for (const Config& wrong : {list({list({one})}), list({}), Config(std::int64_t{3})})
    EXPECT_THAT(
        [&] {
          Built({layer("branches", {{"branches", wrong}})}, {3, 5, 5});
        },
        ThrowsMessage<ConfigError>(HasSubstr("branches needs two lists of layers or more")));
}

// LeCun et al. 1998, with padded images and every channel connected.
TEST(KnownNetworks, LeNet5) {
  const NetworkSpec spec =
      network_of({layer("conv", {{"channels", 6}, {"kernel", 5}, {"activation", "tanh"}}), layer("average_pool"),
                  layer("conv", {{"channels", 16}, {"kernel", 5}, {"padding", "valid"}, {"activation", "tanh"}}),
                  layer("average_pool"), layer("flatten"), layer("dense", {{"units", 120}, {"activation", "tanh"}}),
                  layer("dense", {{"units", 84}, {"activation", "tanh"}})},
                 {28, 28}, 10);
  EXPECT_EQ(num_parameters(spec), 61706);
}

// He et al. 2016, 6 n + 2 layers, with projections.
TEST(KnownNetworks, ResNetsOfSmallImages) {
  for (const std::size_t n : {std::size_t{1}, std::size_t{2}}) {
    std::size_t expected = conv(3, 16, 3) + norm(16) + 64 * 10 + 10;
    ModelOptions model = network_model({layer("conv_block", {{"channels", 16}})});
    Config::List layers = *model.layers.as<Config::List>();
    for (const int width : {16, 32, 64})
      for (std::size_t i = 0; i < n; ++i) {
        const bool first = width > 16 && i == 0;
        layers.push_back(layer("residual", {{"channels", width}, {"stride", first ? 2 : 1}}));
        const auto out = static_cast<std::size_t>(width), in = first ? out / 2 : out;
        expected += conv(in, out, 3) + conv(out, out, 3) + 2 * norm(out) + (first ? conv(in, out, 1) + norm(out) : 0);
      }
    layers.push_back(layer("global_pool"));
    model.layers = Config(std::move(layers));
    const Network network(make_network(model, Inputs(Shape{3, 32, 32}), {TaskKind::classification, 10}));
    EXPECT_EQ(network.num_parameters(), expected);
    EXPECT_EQ(network.nodes()[network.nodes().size() - 3].dst, Shape({64, 8, 8}));
  }
}

// Huang et al. 2017, depth 100, growth 12, compression 0.5: "0.8M", exactly 769,162 that train.
TEST(KnownNetworks, DenseNetBC100) {
  const auto block = layer("dense_block", {{"layers", 16}, {"growth", 12}});
  const NetworkSpec spec =
      network_of({layer("conv", {{"channels", 24}, {"bias", false}}), block, layer("transition"), block,
                  layer("transition"), block, layer("batch_norm", {{"activation", "relu"}}), layer("global_pool")},
                 {3, 32, 32}, 10);
  std::size_t trained = 0;
  for (const Tensor& tensor : layout(spec))
    if (tensor.role != Tensor::Role::buffer) trained += volume(tensor.shape);
  EXPECT_EQ(trained, 769162);
}

// Smooth activations: a difference quotient across the kink of a rectifier is no slope.
void expect_gradients_of(std::initializer_list<Config> tables, Shape sample, std::uint64_t seed = 3) {
  expect_gradients(network_of(tables, std::move(sample)), "cross_entropy", 3, seed);
}

TEST(BlockGradients, ConvBlock) {
  expect_gradients_of({layer("conv_block", {{"channels", 3}, {"activation", "tanh"}, {"pool", 2}, {"dropout2d", 0.3}})},
                      {2, 4, 4});
}
TEST(BlockGradients, Residual) {
  expect_gradients_of({layer("residual", {{"channels", 2}, {"activation", "tanh"}})}, {2, 3, 4});
  expect_gradients_of(
      {layer("residual", {{"channels", 8}, {"activation", "tanh"}, {"stride", 2}, {"bottleneck", true}})}, {2, 4, 4});
}
TEST(BlockGradients, ResidualWithPreactivation) {
  expect_gradients_of({layer("residual", {{"channels", 2}, {"activation", "tanh"}, {"preactivation", true}})},
                      {2, 3, 4});
  expect_gradients_of(
      {layer("residual", {{"channels", 4}, {"activation", "tanh"}, {"preactivation", true}, {"stride", 2}})},
      {2, 4, 4});
}
TEST(BlockGradients, Inception) {
  expect_gradients_of(
      {layer("inception", {{"conv1", 2}, {"conv3", {1, 2}}, {"conv5", {1, 1}}, {"pool", 1}, {"activation", "tanh"}})},
      {2, 3, 3}, 4);
}
TEST(BlockGradients, DenseBlockAndTransition) {
  expect_gradients_of(
      {layer("dense_block",
             {{"layers", 2}, {"growth", 2}, {"activation", "tanh"}, {"bottleneck", false}, {"dropout", 0.2}}),
       layer("transition", {{"activation", "tanh"}})},
      {2, 4, 4});
  expect_gradients_of({layer("dense_block", {{"layers", 2}, {"growth", 1}, {"activation", "tanh"}})}, {2, 3, 3});
}
TEST(BlockGradients, SqueezeExcite) {
  expect_gradients_of(
      {layer("conv", {{"channels", 4}, {"activation", "tanh"}}), layer("squeeze_excite", {{"ratio", 2}})}, {2, 3, 3});
}
TEST(BlockGradients, Branches) {
  const auto conv = layer("conv", {{"channels", 2}, {"activation", "tanh"}});
  for (const char* join : {"add", "concat"})
    expect_gradients_of(
        {layer("branches", {{"join", join}, {"branches", list({list({conv, conv}), list({}), list({conv})})}})},
        {2, 3, 3});
}

TEST(BlockGradients, ConvolutionsOfEachRank) {
  const auto conv = layer("conv", {{"channels", 3}, {"activation", "tanh"}});
  expect_gradients_of({conv}, {2, 4, 5});
  expect_gradients_of(
      {conv, layer("conv",
                   {{"channels", 3}, {"activation", "tanh"}, {"stride", 2}, {"kernel", {3, 2}}, {"padding", "valid"}})},
      {2, 6, 5});
  expect_gradients_of({conv}, {2, 3, 4, 3});
}

// a feeds four layers, c two.
TEST(BlockGradients, ValuesThatSeveralLayersRead) {
  const auto conv = [](const char* name) {
    return layer("conv", {{"channels", 3}, {"activation", "tanh"}, {"name", name}});
  };
  const auto join = [](const char* type, std::initializer_list<const char*> from, const char* name) {
    return layer(type, {{"from", texts(from)}, {"name", name}});
  };
  expect_gradients_of({conv("a"), conv("b"), join("add", {"a", "b"}, "c"), join("concat", {"c", "a"}, "d"), conv("e"),
                       join("add", {"e", "c"}, "f"), join("add", {"f", "a"}, "g")},
                      {1, 3, 4});
}

TEST(BlockGradients, BatchNorm) {
  for (const char* activation : {"identity", "relu"})
    expect_gradients_of(
        {layer("conv", {{"channels", 3}, {"bias", false}}), layer("batch_norm", {{"activation", activation}}),
         layer("conv", {{"channels", 2}, {"activation", "tanh"}})},
        {2, 3, 4}, 5);
}

}  // namespace
}  // namespace jury
