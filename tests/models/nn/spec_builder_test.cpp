// How model.layers becomes a network: names, references, and what is said when it does not.
#include "models/nn/spec_builder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "layer_tables.hpp"

namespace jury {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

std::vector<std::string> labels(std::initializer_list<Config> tables, Shape sample) {
  std::vector<std::string> all;
  const Network network(network_of(tables, std::move(sample)));
  for (const Network::Node& node : network.nodes()) all.push_back(node.label);
  return all;
}

void expect_problem(std::initializer_list<Config> tables, const std::string& text, Shape sample = {2, 6, 6}) {
  EXPECT_THAT([&] { network_of(tables, sample); }, ThrowsMessage<ConfigError>(HasSubstr(text)));
}

TEST(SpecBuilder, LayersReadTheOneBeforeThem) {
  const NetworkSpec spec = network_of({layer("dense", {{"units", 4}}), layer("dense", {{"units", 5}})}, {3});
  for (const LayerSpec& it : spec.layers) EXPECT_THAT(it.inputs, ElementsAre(LayerSpec::kPrevious));
}

// What says the same is the same network, with the same name.
TEST(SpecBuilder, AChainSaidWithNamesIsTheSameChain) {
  const auto a = layer("dense", {{"units", 4}, {"name", "a"}});
  const NetworkSpec plain = network_of({a, layer("dense", {{"units", 5}})}, {3});
  EXPECT_EQ(network_of({a, layer("dense", {{"units", 5}, {"from", "a"}})}, {3}), plain);
  EXPECT_NE(network_of({a, layer("dense", {{"units", 6}})}, {3}).architecture, plain.architecture);
}

TEST(SpecBuilder, NamesAreLabels) {
  EXPECT_THAT(labels({layer("dense", {{"units", 4}, {"name", "stem"}}), layer("dropout")}, {3}),
              ElementsAre("stem", "1.dropout", "head"));
}

TEST(SpecBuilder, LayersOfANamedBlockAreNumberedInIt) {
  EXPECT_THAT(labels({layer("conv_block", {{"channels", 4}, {"name", "stem"}, {"pool", 2}}),
                      layer("residual", {{"channels", 4}})},
                     {2, 6, 6}),
              ElementsAre("stem.0.conv", "stem.1.batch_norm", "stem.2.max_pool", "3.conv", "4.batch_norm", "5.conv",
                          "6.batch_norm", "7.add", "8.activation", "9.flatten", "head"));
}

TEST(SpecBuilder, BlocksWithinANamedBlockCountOn) {
  const auto inner = layer("conv_block", {{"channels", 3}}),
             named = layer("conv_block", {{"channels", 3}, {"name", "right"}});
  EXPECT_THAT(labels({layer("branches", {{"name", "split"}, {"branches", list({list({inner}), list({named})})}}),
                      layer("global_pool")},
                     {2, 6, 6}),
              ElementsAre("split.0.conv", "split.1.batch_norm", "right.0.conv", "right.1.batch_norm", "split.2.concat",
                          "5.global_pool", "head"));
}

TEST(SpecBuilder, RatesOfABlockAreThoseOfItsLayers) {
  const NetworkSpec spec =
      network_of({layer("branches", {{"lr_factor", 0.5},
                                     {"branches", list({list({layer("conv", {{"channels", 3}, {"lr_factor", 0.1}})}),
                                                        list({layer("conv", {{"channels", 3}, {"frozen", true}})})})}}),
                  layer("conv", {{"channels", 3}})},
                 {2, 6, 6});
  EXPECT_DOUBLE_EQ(spec.layers[0].lr_factor, 0.05);
  EXPECT_EQ(spec.layers[1].lr_factor, 0);
  EXPECT_EQ(spec.layers[3].lr_factor, 1);
}

TEST(SpecBuilder, FromNamesLayersBlocksAndTheInput) {
  const Network network(network_of(
      {layer("conv_block", {{"channels", 3}, {"name", "stem"}}), layer("conv", {{"channels", 2}, {"name", "thin"}}),
       layer("concat", {{"from", texts({"stem", "thin", "input"})}})},
      {2, 6, 6}));
  EXPECT_THAT(network.nodes()[3].inputs, ElementsAre(1, 2, LayerSpec::kInput));
  EXPECT_EQ(network.nodes()[3].dst, Shape({3 + 2 + 2, 6, 6}));
}

TEST(SpecBuilder, AHeadIsAddedUnlessALayerIsTheOutputs) {
  EXPECT_THAT(labels({layer("conv", {{"channels", 4}})}, {2, 6, 6}), ElementsAre("0.conv", "1.flatten", "head"));
  EXPECT_THAT(labels({layer("conv", {{"channels", "outputs"}}), layer("global_pool")}, {2, 6, 6}),
              ElementsAre("0.conv", "1.global_pool"));
  EXPECT_THAT(labels({layer("flatten"), layer("dense", {{"units", "outputs"}, {"name", "last"}})}, {2, 6, 6}),
              ElementsAre("0.flatten", "last"));
  const NetworkSpec spec = make_network(network_model({layer("dense", {{"units", "outputs"}})}), 5,
                                        {TaskKind::regression, 3, "gaussian_nll"});
  EXPECT_EQ(spec.outputs, 6);  // a mean and a variance each
  EXPECT_EQ(Network(spec).nodes().back().dst, Shape({6}));
}

TEST(SpecBuilder, UnknownNamesHaveSuggestions) {
  expect_problem({layer("cnv", {{"channels", 3}})}, "no layer is called 'cnv' did you mean 'conv'?");
  expect_problem({layer("residul", {{"channels", 3}})}, "no layer is called 'residul' did you mean 'residual'?");
  expect_problem({layer("conv", {{"chanels", 3}})}, "layer 0 (conv): unknown key 'chanels' did you mean 'channels'?");
  expect_problem({layer("residual", {{"stide", 2}})}, "unknown key 'stide' did you mean 'stride'?");
  expect_problem(
      {layer("conv", {{"channels", 3}, {"name", "stem"}}), layer("conv", {{"channels", 3}, {"from", "stam"}})},
      "from = 'stam' names no layer before this one did you mean 'stem'?");
  expect_problem(
      {layer("conv", {{"channels", 3}, {"from", "later"}}), layer("conv", {{"channels", 3}, {"name", "later"}})},
      "from = 'later' names no layer before this one");
}

TEST(SpecBuilder, NamesDiffer) {
  const auto a = layer("conv", {{"channels", 3}, {"name", "a"}});
  expect_problem({a, a}, "two layers are called 'a' (names must differ)");
  expect_problem({layer("conv", {{"channels", 3}, {"name", "1.conv"}}), layer("conv", {{"channels", 3}})},
                 "two layers are called '1.conv'");
  expect_problem({layer("conv", {{"channels", 3}, {"name", "head"}})}, "two layers are called 'head'");
  expect_problem({layer("conv", {{"channels", 3}, {"name", "input"}})}, "'input' is the name of the network's input");
  expect_problem({layer("branches", {{"name", "a"}, {"branches", list({list({a}), list({})})}})},
                 "two layers are called 'a'");
}

TEST(SpecBuilder, EveryLayerIsRead) {
  expect_problem(
      {layer("conv", {{"channels", 3}, {"name", "lost"}}), layer("conv", {{"channels", 3}, {"from", "input"}})},
      "layer 0 (lost) is read by no other (name it in the 'from' of one)");
}

TEST(SpecBuilder, ShapesMustAddUp) {
  const auto a = layer("conv", {{"channels", 3}, {"name", "a"}}), b = layer("conv", {{"channels", 4}, {"name", "b"}});
  expect_problem({a, b, layer("add", {{"from", texts({"a", "b"})}})},
                 "layer 2 (add): needs inputs of one shape, is given 3x6x6 and 4x6x6");
  const auto pool = layer("max_pool", {{"name", "b"}});
  expect_problem({a, pool, layer("concat", {{"from", texts({"a", "b"})}})},
                 "layer 2 (concat): needs inputs that differ in their channels alone, is given 3x6x6 and 3x3x3");
  expect_problem({a, layer("add")}, "layer 1 (add): needs two inputs or more, is given one (name them in 'from')");
  expect_problem({a, b, layer("scale", {{"from", texts({"a", "b"})}})},
                 "layer 2 (scale): needs one factor for each channel, is given 3x6x6 and 4x6x6");
  expect_problem({a, layer("conv", {{"channels", 3}, {"from", texts({"a", "input"})}})},
                 "layer 1 (conv): needs one input, is given 2");
  expect_problem({a, layer("residual", {{"from", texts({"a", "input"})}})}, "a block needs one input, is given 2");
  expect_problem({layer("conv", {{"channels", 3}, {"kernel", 7}, {"padding", "valid"}, {"name", "stem"}})},
                 "layer 0 (stem): its kernel of 7x7 needs at least as many in each dimension, is given 2x6x6");
  expect_problem({layer("conv", {{"channels", 3}, {"groups", 2}})}, "cannot cut 2 channels in and 3 out into 2 groups");
  expect_problem({layer("conv", {{"channels", 3}, {"kernel", {3, 3, 3}}})}, "kernel = [3, 3, 3] is wrong");
  expect_problem({layer("conv", {{"channels", 3}, {"padding", "some"}})},
                 "padding = 'some' is unknown (must be same, valid, a number or a list)");
  expect_problem({layer("dense", {{"units", 3}})},
                 "layer 0 (dense): needs flat samples, is given 2x6x6 (add a flatten layer before it)");
  expect_problem({layer("conv", {{"channels", "outputs"}})}, "the network puts out 3x6x6 (the data needs 3)");
}

TEST(SpecBuilder, ALayerIsATableWithAType) {
  expect_problem({Config(std::int64_t{3})}, "3 is no layer (write it as { type = \"dense\", units = 10 })");
  expect_problem({options({{"units", 3}})}, "a layer has no type (one of its keys must be type)");
  expect_problem({options({{"type", 3}})}, "type = 3 is no text");
  expect_problem({layer("conv", {{"channels", 3}, {"name", 4}})}, "name = 4 is no text");
  expect_problem({layer("conv", {{"channels", 3}, {"from", 4}})}, "from = 4 is no text");
  expect_problem({layer("conv", {{"channels", 3}, {"frozen", "yes"}})},
                 "frozen = \"yes\" is wrong (must be true or false)");
  expect_problem({layer("conv", {{"channels", 3}, {"lr_factor", -1}})},
                 "lr_factor = -1 is wrong (must be a number in [0, 1e6])");
  expect_problem({layer("conv", {{"channels", 3}, {"from", Config(Config::List{})}})}, "from = [] names no layer");
  expect_problem({}, "model.layers is missing");
  ModelOptions model{.type = "network"};
  model.layers = Config(std::int64_t{3});
  EXPECT_THAT(
      [&] {
        make_network(model, 3, {TaskKind::classification, 3});
      },
      ThrowsMessage<ConfigError>(HasSubstr("is no list of layers")));
  expect_problem({layer("branches", {{"branches", list({Config(std::int64_t{1}), list({})})}})},
                 "layers = 1 is no list of layers");
}

// A mistake is shown where it was made, once.
TEST(SpecBuilder, ProblemsHaveTheirPlace) {
  const auto at = [](Config table, int line) { return Config(*table.as<Config::Table>(), Origin{"f.toml", line, 1}); };
  const auto message = [](std::initializer_list<Config> tables) {
    try {
      network_of(tables, {2, 6, 6});
    } catch (const ConfigError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_THAT(message({at(layer("conv", {{"channels", 3}}), 3), at(layer("cnv"), 4)}),
              testing::StartsWith("f.toml:4:1: no layer is called 'cnv'"));
  EXPECT_THAT(message({at(layer("dense", {{"units", 3}}), 3)}),
              testing::StartsWith("f.toml:3:1: layer 0 (dense): needs flat samples"));
  const auto inner = at(layer("dense", {{"units", 3}}), 7);
  EXPECT_THAT(message({at(layer("branches", {{"branches", list({list({inner}), list({})})}}), 6)}),
              HasSubstr("f.toml:7:1: layer 0 (dense)"));
}

}  // namespace
}  // namespace jury
