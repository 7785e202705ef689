#include "tools/command/network_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/nn/layer.hpp"

namespace jury {
namespace {

using testing::ElementsAre;

Config table(Config::Table entries) { return Config(std::move(entries)); }
Config number(std::int64_t value) { return Config(value); }

Network chain() {
  return Network({.input = {1, 4, 4},
                  .outputs = 2,
                  .architecture = "",
                  .layers = {{.type = "conv", .options = table({{"channels", number(3)}}), .name = "stem"},
                             {.type = "flatten"},
                             {.type = "dense", .options = table({{"units", number(2)}}), .name = "head.0.dense"}}});
}

TEST(NetworkTable, SaysWhatEachLayerPutsOutHasAndCosts) {
  // 2 x 9 x 3 operations at 16 places, and 2 x 48 x 2.
  EXPECT_EQ(to_text(network_table(chain()), TableFormat::table),
            "place  layer         output     parameters  work %\n"
            "    0  stem (conv)   3 x 4 x 4          30    81.8\n"
            "    1  flatten       48\n"
            "    2  head.0.dense  2                  98    18.2\n");
}

TEST(NetworkTable, ShowsWhereALayerReadsUnlessItIsTheOneBefore) {
  const Network network({.input = {2},
                         .outputs = 2,
                         .architecture = "",
                         .layers = {{.type = "activation"},
                                    {.type = "activation", .inputs = {LayerSpec::kInput}},
                                    {.type = "add", .inputs = {1, 0}}}});
  const TextTable shown = network_table(network);
  EXPECT_THAT(shown.header, ElementsAre("place", "layer", "reads", "output"));
  EXPECT_EQ(shown.rows[0][2], "");
  EXPECT_EQ(shown.rows[1][2], "input");
  EXPECT_EQ(shown.rows[2][2], "1, 0");
}

TEST(NetworkTable, MarksFrozenAndSlowLayersButNotThoseWithoutWeights) {
  NetworkSpec spec = chain().spec();
  spec.layers[0].lr_factor = 0;
  spec.layers[1].lr_factor = 0;
  spec.layers[2].lr_factor = 0.25;
  const Network network(spec);
  const TextTable shown = network_table(network);
  ASSERT_EQ(shown.header.back(), "rate");
  EXPECT_EQ(shown.rows[0].back(), "frozen");
  EXPECT_EQ(shown.rows[1].back(), "");
  EXPECT_EQ(shown.rows[2].back(), "0.25");
  EXPECT_EQ(count_parameters(network).trained, 98U);
  EXPECT_EQ(count_parameters(network).frozen, 30U);
}

TEST(NetworkTable, NotesWhatWindowsLeaveOut) {
  const auto noted = [](const Shape& image, const std::string& type, const Config& options) {
    NetworkSpec spec;
    spec.input = image;
    spec.layers = {{.type = type, .options = options}, {.type = "flatten"}};
    spec.outputs = static_cast<std::int32_t>(volume(make_layer(spec.layers[0])->output(std::span(&image, 1))));
    const TextTable shown = network_table(Network(spec));
    return shown.header.back() == "note" ? shown.rows[0].back() : std::string();
  };
  const Config none{Config::Table{}};
  EXPECT_EQ(noted({1, 8, 8}, "max_pool", none), "");
  EXPECT_EQ(noted({1, 7, 8}, "max_pool", none), "leaves out 1 of 7");
  EXPECT_EQ(noted({1, 9, 9}, "average_pool", Config(Config::Table{{"size", Config(std::int64_t{4})}})),
            "leaves out 1 of 9, 1 of 9");
  const auto conv = [](const char* padding) {
    return Config(Config::Table{{"stride", Config(std::int64_t{2})}, {"padding", Config(padding)}});
  };
  EXPECT_EQ(noted({1, 8, 8}, "conv", conv("same")), "");  // only padding is left over
  EXPECT_EQ(noted({1, 8, 8}, "conv", conv("valid")), "leaves out 1 of 8, 1 of 8");
  const Config sparse(Config::Table{{"stride", Config(std::int64_t{2})}, {"size", Config(std::int64_t{1})}});
  EXPECT_EQ(noted({1, 8, 8}, "max_pool", sparse), "");
}

TEST(NetworkTable, CountsRunningStatisticsApart) {
  const Network network({.input = {5}, .outputs = 5, .architecture = "", .layers = {{.type = "batch_norm"}}});
  EXPECT_EQ(network_table(network).rows[0], (std::vector<std::string>{"0", "batch_norm", "5", "10"}));
  EXPECT_EQ(count_parameters(network).trained, 10U);
  EXPECT_EQ(count_parameters(network).buffers, 10U);
}

}  // namespace
}  // namespace jury
