// Pictures as data: as JSON for the scripts, and the three key ones as SVG for those who have none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/report/report_page.hpp"

namespace jury {

struct PlotAxis {
  enum class Scale : std::uint8_t { linear, logarithmic };
  std::string name = {};
  Scale scale = Scale::linear;
  std::optional<double> most = {};  ///< no number is larger, whatever round number would end the axis
};

/// A line, with a band around it where `low` and `high` are given. NaN interrupts it.
struct PlotLine {
  enum class Style : std::uint8_t { line, steps, dashed, points };
  std::string name = {};
  std::vector<double> x = {};
  std::vector<double> y = {};
  std::vector<double> low = {};
  std::vector<double> high = {};
  Style style = Style::line;
};

struct LinePlot {
  PlotAxis x = {};
  PlotAxis y = {};
  std::vector<PlotLine> lines = {};
  std::string band = {};                                                 ///< what the bands are, for the legend
  enum class Shape : std::uint8_t { wide, square } shape = Shape::wide;  ///< square where x and y are of one kind
};

/// Parts of a whole, one above the other for each category; negative ones hang below zero.
struct StackPlot {
  struct Layer {
    std::string name = {};  ///< bias, variance, noise, ...: which also tells its colour
    std::vector<double> values = {};
  };
  PlotAxis x = {};
  PlotAxis y = {};
  std::vector<std::string> categories = {};
  std::vector<Layer> layers = {};
  std::vector<double> totals = {};  ///< a mark for each category
};

/// Points of several kinds. Those of one kind share a colour; `labels` are for pointing at.
struct PointPlot {
  enum class Guide : std::uint8_t { none, diagonal, zero };
  struct Cloud {
    std::string name = {};
    std::vector<double> x = {};
    std::vector<double> y = {};
    std::vector<std::string> labels = {};
  };
  PlotAxis x = {};
  PlotAxis y = {};
  std::vector<Cloud> clouds = {};
  Guide guide = Guide::none;  ///< a plot with a diagonal is square
};

/// Numbers of rows and columns as colours. NaN is left white.
struct MatrixPlot {
  enum class Colours : std::uint8_t { rising, diverging };
  PlotAxis x = {};
  PlotAxis y = {};
  std::vector<std::string> rows = {};
  std::vector<std::string> columns = {};
  std::vector<double> values = {};  ///< (rows, columns)
  std::string name = {};
  Colours colours = Colours::rising;
};

/// One bar a category, with a whisker of +-`errors` where those are given.
struct BarPlot {
  enum class Direction : std::uint8_t { upright, lying };
  PlotAxis x = {};
  PlotAxis y = {};
  std::vector<std::string> categories = {};
  std::vector<double> values = {};
  std::vector<double> errors = {};
  Direction direction = Direction::upright;
};

Json to_json(const LinePlot& plot);
Json to_json(const StackPlot& plot);
Json to_json(const PointPlot& plot);
Json to_json(const MatrixPlot& plot);
Json to_json(const BarPlot& plot);

/// The picture as an SVG element that takes its colours from the page's style. `title` is what it says to a screen
/// reader.
std::string to_svg(const LinePlot& plot, std::string_view title);
std::string to_svg(const StackPlot& plot, std::string_view title);

/// The place in the palette of a layer of a stack: the same name has the same colour everywhere.
std::size_t colour_of_layer(std::string_view name) noexcept;

/// Up to `most` of [0, count), evenly spaced, the first and the last among them.
std::vector<std::size_t> thinned(std::size_t count, std::size_t most);

/// The line with at most so many of its points.
PlotLine thinned(const PlotLine& line, std::size_t most);

}  // namespace jury
