#include "tools/report/plots.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace jury {
namespace {

using testing::ElementsAre;

TEST(ReportPlots, ThinningKeepsBothEndsAndTheOrder) {
  EXPECT_THAT(thinned(5, 9), ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(thinned(10, 4), ElementsAre(0, 3, 6, 9));
  EXPECT_TRUE(thinned(0, 4).empty());
  EXPECT_TRUE(thinned(3, 0).empty());
  EXPECT_THAT(thinned(3, 1), ElementsAre(0));
}

TEST(ReportPlots, ThinningNeverRepeatsOrExceeds) {
  for (std::size_t count = 0; count < 60; ++count)
    for (std::size_t most = 0; most < 60; ++most) {
      const auto kept = thinned(count, most);
      EXPECT_LE(kept.size(), most);
      EXPECT_EQ(std::ranges::adjacent_find(kept, std::ranges::greater_equal()), kept.end());
      EXPECT_TRUE(kept.empty() || kept.back() < count);
    }
}

TEST(ReportPlots, AThinnedLineKeepsItsBand) {
  const PlotLine line =
      thinned(PlotLine{.name = "a", .x = {1, 2, 3}, .y = {4, 5, 6}, .low = {3, 4, 5}, .high = {5, 6, 7}}, 2);
  EXPECT_THAT(line.x, ElementsAre(1, 3));
  EXPECT_THAT(line.high, ElementsAre(5, 7));
  EXPECT_TRUE(thinned(PlotLine{.name = "a", .x = {1, 2, 3}, .y = {4, 5, 6}}, 2).low.empty());
}

TEST(ReportPlots, LinesAsJson) {
  const LinePlot plot{.x = {"epoch"},
                      .y = {"loss", PlotAxis::Scale::logarithmic},
                      .lines = {{.name = "a", .x = {1}, .y = {0.5}, .style = PlotLine::Style::dashed}}};
  EXPECT_EQ(
      to_json(plot).dump(),
      R"({"kind":"lines","x":{"name":"epoch"},"y":{"name":"loss","log":true},"series":[{"name":"a","style":"dashed","x":[1],"y":[0.5]}]})");
}

TEST(ReportPlots, ALayerHasTheSameColourEverywhere) {
  const StackPlot plot{.categories = {"one"}, .layers = {{"variance", {1}}, {"noise", {2}}}, .totals = {3}};
  const Json json = to_json(plot);
  EXPECT_EQ(json["series"][0]["colour"], 1);
  EXPECT_EQ(json["series"][1]["colour"], 7);
  EXPECT_EQ(colour_of_layer("variance, unbiased"), colour_of_layer("variance"));
  EXPECT_NE(colour_of_layer("variance, biased"), colour_of_layer("variance"));
}

TEST(ReportPlots, AnAxisKnowsWhatNoNumberIsBeyond) {
  const PointPlot plot{.x = {.name = "kappa", .most = 1}, .y = {"error"}};
  EXPECT_EQ(to_json(plot)["x"]["most"], 1);
  EXPECT_FALSE(to_json(plot)["y"].contains("most"));
}

TEST(ReportPlots, APlotWithADiagonalIsSquare) {
  PointPlot plot{.clouds = {{.name = "rows", .x = {1}, .y = {2}, .labels = {"row 7"}}}};
  EXPECT_FALSE(to_json(plot).contains("square"));
  plot.guide = PointPlot::Guide::diagonal;
  EXPECT_EQ(to_json(plot)["square"], true);
}

}  // namespace
}  // namespace jury
