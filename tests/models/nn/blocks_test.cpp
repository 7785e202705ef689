#include "models/nn/blocks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gradient_check.hpp"
#include "models/nn/network.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

Config::Table layer(const std::string& type, Config::Table options = {}) {
  options.insert(options.begin(), {"type", Config(type)});
  return options;
}
Config whole(std::int64_t value) { return Config(value); }

NetworkSpec network(Config::List layers, Shape sample, std::int32_t classes = 3) {
  ModelOptions options{.type = "network"};
  options.layers = Config(std::move(layers));
  return make_network(options, Inputs(std::move(sample)), {TaskKind::classification, classes});
}

TEST(Blocks, ConvolutionsOfEachRankHaveTheirGradients) {
  const auto conv = layer("conv", {{"channels", whole(3)}, {"activation", Config("tanh")}});
  const auto flat = layer("flatten");
  expect_gradients(network({Config(conv), Config(flat)}, {2, 4, 5}), "cross_entropy", 2, 3);
  auto strided = conv;
  strided.insert(strided.end(), {{"stride", whole(2)}, {"kernel", Config(Config::List{whole(3), whole(2)})}, {"padding", Config("valid")}});
  expect_gradients(network({Config(conv), Config(strided), Config(flat)}, {2, 6, 5}), "cross_entropy", 3, 3);
  auto cube = conv;
  cube.emplace_back("groups", whole(1));
  expect_gradients(network({Config(cube), Config(flat)}, {2, 3, 4, 3}), "cross_entropy", 2, 3);
}

TEST(Blocks, JoinsHaveTheirGradients) {
  const auto conv = [](const std::string& name) {
    return Config(layer("conv", {{"channels", whole(3)}, {"activation", Config("tanh")}, {"name", Config(name)}}));
  };
  const auto from = [](const std::string& a, const std::string& b) { return Config(Config::List{Config(a), Config(b)}); };
  // a feeds four layers, c two.
  const auto join = [&](const std::string& type, const std::string& x, const std::string& y, const std::string& name) {
    return Config(layer(type, {{"from", from(x, y)}, {"name", Config(name)}}));
  };
  expect_gradients(network({conv("a"), conv("b"), join("add", "a", "b", "c"), join("concat", "c", "a", "d"), conv("e"),
                            join("add", "e", "c", "f"), join("add", "f", "a", "g"), Config(layer("flatten"))},
                           {1, 3, 4}),
                   "cross_entropy", 2, 3);
}

TEST(Blocks, BatchNormHasItsGradients) {
  for (const char* activation : {"identity", "relu"})
    expect_gradients(network({Config(layer("conv", {{"channels", whole(3)}, {"bias", Config(false)}})),
                              Config(layer("batch_norm", {{"activation", Config(activation)}})),
                              Config(layer("conv", {{"channels", whole(2)}, {"activation", Config("tanh")}})),
                              Config(layer("flatten"))},
                             {2, 3, 4}),
                     "cross_entropy", 3, 5);
}

}  // namespace
}  // namespace jury
