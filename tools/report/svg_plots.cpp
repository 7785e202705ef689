// The pictures that need no scripts.
#include <fmt/format.h>

#include <utility>

#include "tools/report/html.hpp"
#include "tools/report/svg_scale.hpp"

namespace jury {
namespace {

constexpr std::size_t kColours = 8;

using svg::Range;
using svg::Scale;

bool is_whole(const PlotLine& line) {
  return std::ranges::all_of(line.x, [](double x) { return x == std::floor(x); });
}

std::string colour_class(std::size_t i) { return fmt::format("c{}", i % kColours); }

// "M x,y L x,y ..." of what is finite.
std::string path_of(const PlotLine& line, const Scale& x, const Scale& y) {
  std::string path;
  bool pen_down = false;
  for (std::size_t i = 0; i < line.x.size(); ++i) {
    if (!std::isfinite(line.y[i]) || !std::isfinite(line.x[i])) {
      pen_down = false;
      continue;
    }
    const double px = x.at(line.x[i]), py = y.at(line.y[i]);
    path += pen_down && line.style == PlotLine::Style::steps
                ? fmt::format("H{:.1f}V{:.1f}", px, py)
                : fmt::format("{}{:.1f},{:.1f}", pen_down ? 'L' : 'M', px, py);
    pen_down = true;
  }
  return path;
}

std::string band_of(const PlotLine& line, const Scale& x, const Scale& y) {
  std::string there, back;
  for (std::size_t i = 0; i < line.low.size(); ++i) {
    if (!std::isfinite(line.low[i]) || !std::isfinite(line.high[i])) continue;
    there += fmt::format("{}{:.1f},{:.1f}", there.empty() ? 'M' : 'L', x.at(line.x[i]), y.at(line.high[i]));
    back = fmt::format("L{:.1f},{:.1f}", x.at(line.x[i]), y.at(line.low[i])) + back;
  }
  return there.empty() ? "" : there + back + "Z";
}

std::string svg_of(const PlotLine& line, const Scale& x, const Scale& y, const std::string& colour) {
  std::string out;
  if (line.style == PlotLine::Style::points) {
    for (std::size_t i = 0; i < line.x.size(); ++i)
      if (std::isfinite(line.y[i]))
        out += fmt::format("<circle class=\"dot {}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2.5\"/>", colour, x.at(line.x[i]),
                           y.at(line.y[i]));
    return out;
  }
  if (const std::string band = band_of(line, x, y); !band.empty())
    out += fmt::format("<path class=\"band {}\" d=\"{}\"/>", colour, band);
  return out + fmt::format("<path class=\"line {}{}\" d=\"{}\"/>", colour,
                           line.style == PlotLine::Style::dashed ? " dashed" : "", path_of(line, x, y));
}

}  // namespace

std::string to_svg(const LinePlot& plot, std::string_view title) {
  Range x_range, y_range;
  std::vector<std::pair<std::string, std::string>> entries;
  for (const PlotLine& line : plot.lines) {
    x_range.add(line.x);
    for (const auto* numbers : {&line.y, &line.low, &line.high}) y_range.add(*numbers);
    entries.emplace_back(line.name, colour_class(entries.size()));
  }
  const bool log_y = plot.y.scale == PlotAxis::Scale::logarithmic && y_range.low > 0;
  y_range = log_y ? Range{y_range.low / 1.2, y_range.high * 1.2} : y_range.widened();
  if (x_range.empty()) x_range = {0, 1};
  if (x_range.high <= x_range.low) x_range = x_range.widened();
  const bool log_x = plot.x.scale == PlotAxis::Scale::logarithmic && x_range.low > 0;
  const Scale x{x_range.low,    x_range.high,
                svg::kLeft + 4, svg::kWidth - svg::kRight - 4,
                log_x,          std::ranges::all_of(plot.lines, is_whole)};
  const Scale y{y_range.low, y_range.high, svg::kHeight - svg::kBottom, svg::kTop, log_y};
  std::string out = svg::opening(title) + svg::frame(x, y, plot, {}) + svg::legend(entries);
  for (std::size_t i = 0; i < plot.lines.size(); ++i) out += svg_of(plot.lines[i], x, y, colour_class(i));
  return out + "</svg>";
}

std::string to_svg(const StackPlot& plot, std::string_view title) {
  const std::size_t count = plot.categories.size();
  Range range;
  range.add(0);
  range.add(plot.totals);
  for (std::size_t c = 0; c < count; ++c) {
    double above = 0, below = 0;
    for (const StackPlot::Layer& layer : plot.layers)
      if (std::isfinite(layer.values[c])) (layer.values[c] > 0 ? above : below) += layer.values[c];
    range.add(above);
    range.add(below);
  }
  if (range.high <= range.low) range.high = range.low + 1;
  const double room = 0.04 * (range.high - range.low);
  const Scale x{0, 1, svg::kLeft + 4, svg::kWidth - svg::kRight - 4};
  const Scale y{range.low < 0 ? range.low - room : 0, range.high + room, svg::kHeight - svg::kBottom, svg::kTop};
  std::vector<std::pair<std::string, std::string>> entries;
  for (const StackPlot::Layer& layer : plot.layers)
    entries.emplace_back(layer.name, colour_class(colour_of_layer(layer.name)));
  const LinePlot names{.x = plot.x, .y = plot.y, .lines = {}};
  std::string out = svg::opening(title) + svg::frame(x, y, names, plot.categories) + svg::legend(entries);
  const double slot = (x.to - x.from) / static_cast<double>(std::max<std::size_t>(count, 1)),
               width = std::min(0.7 * slot, 90.0);
  for (std::size_t c = 0; c < count; ++c) {
    const double left = x.from + (static_cast<double>(c) + 0.5) * slot - width / 2;
    double above = 0, below = 0;
    for (std::size_t k = 0; k < plot.layers.size(); ++k) {
      const double value = plot.layers[k].values[c];
      if (!std::isfinite(value) || value == 0) continue;
      double& base = value > 0 ? above : below;
      const double top = y.at(std::max(base, base + value)), bottom = y.at(std::min(base, base + value));
      out += fmt::format("<rect class=\"bar {}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"/>",
                         colour_class(colour_of_layer(plot.layers[k].name)), left, top, width, bottom - top);
      base += value;
    }
    if (c < plot.totals.size() && std::isfinite(plot.totals[c]))
      out += fmt::format("<line class=\"total\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>", left - 4,
                         left + width + 4, y.at(plot.totals[c]), y.at(plot.totals[c]));
  }
  return out + "</svg>";
}

}  // namespace jury
