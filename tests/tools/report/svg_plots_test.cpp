#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/base/numbers.hpp"
#include "tools/report/plots.hpp"
#include "tools/report/svg_scale.hpp"

namespace jury {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::size_t count_of(const std::string& text, std::string_view what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

TEST(ReportSvg, TicksAreRoundNumbersWithinTheScale) {
  EXPECT_THAT(svg::ticks({.low = 0, .high = 1}, 5),
              ElementsAre(0, DoubleNear(0.2, 1e-12), DoubleNear(0.4, 1e-12), DoubleNear(0.6, 1e-12),
                          DoubleNear(0.8, 1e-12), DoubleNear(1, 1e-12)));
  EXPECT_THAT(svg::ticks({.low = 0.02, .high = 30, .logarithmic = true}, 5),
              ElementsAre(DoubleNear(0.1, 1e-12), 1, 10));
}

TEST(ReportSvg, CountsHaveNoTicksBetweenWholeNumbers) {
  EXPECT_THAT(svg::ticks({.low = 0, .high = 3, .whole = true}, 8), ElementsAre(0, 1, 2, 3));
  const LinePlot plot{.lines = {{.name = "a", .x = {1, 2, 3}, .y = {10, 20, 30}}}};
  EXPECT_THAT(to_svg(plot, "t"), Not(HasSubstr(">1.5</text>")));
}

TEST(ReportSvg, TicksOfANarrowScaleAreToldApart) {
  const std::vector<double> ticks = {0.29986, 0.29988, 0.2999};
  EXPECT_EQ(svg::label_of(ticks[0], ticks), "0.29986");
  EXPECT_EQ(svg::label_of(0.1 + 0.2, {0.1, 0.2, 0.1 + 0.2}), "0.3");
}

TEST(ReportSvg, AScaleMapsItsEnds) {
  const svg::Scale linear{.low = 2, .high = 4, .from = 10, .to = 30},
      powers{.low = 1, .high = 100, .from = 0, .to = 2, .logarithmic = true};
  EXPECT_DOUBLE_EQ(linear.at(2), 10);
  EXPECT_DOUBLE_EQ(linear.at(3), 20);
  EXPECT_DOUBLE_EQ(powers.at(10), 1);
}

TEST(ReportSvg, WhatIsNoNumberInterruptsALine) {
  const LinePlot plot{.lines = {{.name = "a", .x = {0, 1, 2, 3}, .y = {1, kNaN, 2, 3}}}};
  const std::string out = to_svg(plot, "a \"title\"");
  EXPECT_EQ(count_of(out, "<path class=\"line c0\""), 1U);
  EXPECT_EQ(count_of(out, "M"), 2U);
  EXPECT_THAT(out, HasSubstr("aria-label=\"a &quot;title&quot;\""));
  EXPECT_THAT(out, Not(HasSubstr("nan")));
}

TEST(ReportSvg, BarsStandOnEachOtherAndNegativeOnesHang) {
  const StackPlot plot{
      .categories = {"x"}, .layers = {{"bias", {1}}, {"variance", {2}}, {"cross term", {-1}}}, .totals = {2}};
  const std::string out = to_svg(plot, "t");
  EXPECT_EQ(count_of(out, "<rect class=\"bar"), 3U);
  EXPECT_EQ(count_of(out, "<line class=\"total\""), 1U);
  const svg::Scale y{-1 - 0.16, 3 + 0.16, svg::kHeight - svg::kBottom, svg::kTop};
  for (const double top : {y.at(1), y.at(3), y.at(0)})
    EXPECT_THAT(out, HasSubstr(fmt::format("y=\"{:.1f}\" width", top)));
}

TEST(ReportSvg, NothingToDrawIsAnEmptyFrame) {
  for (const std::string& out : {to_svg(LinePlot{}, "t"), to_svg(StackPlot{}, "t"),
                                 to_svg(LinePlot{.lines = {{.name = "a", .x = {1}, .y = {kNaN}}}}, "t"),
                                 to_svg(LinePlot{.lines = {{.name = "a", .x = {1}, .y = {1}}}}, "t")}) {
    EXPECT_THAT(out, testing::EndsWith("</svg>"));
    EXPECT_THAT(out, Not(HasSubstr("nan")));
    EXPECT_THAT(out, Not(HasSubstr("inf")));
  }
}

}  // namespace
}  // namespace jury
