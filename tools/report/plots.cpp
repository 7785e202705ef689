#include "tools/report/plots.hpp"

#include <array>

#include "tools/report/html.hpp"

namespace jury {
namespace {

Json json_of(const PlotAxis& axis) {
  Json json = {{"name", axis.name}};
  if (axis.scale == PlotAxis::Scale::logarithmic) json["log"] = true;
  if (axis.most) json["most"] = *axis.most;
  return json;
}

template <class Plot>
Json head_of(const Plot& plot, std::string_view kind) {
  return {{"kind", kind}, {"x", json_of(plot.x)}, {"y", json_of(plot.y)}};
}

}  // namespace

Json to_json(const LinePlot& plot) {
  constexpr std::array kStyles = {"line", "steps", "dashed", "points"};
  Json json = head_of(plot, "lines");
  if (!plot.band.empty()) json["band"] = plot.band;
  if (plot.shape == LinePlot::Shape::square) json["square"] = true;
  json["series"] = Json::array();
  for (const PlotLine& line : plot.lines) {
    Json one = {{"name", line.name},
                {"style", kStyles[static_cast<std::size_t>(line.style)]},
                {"x", brief_json(line.x)},
                {"y", brief_json(line.y)}};
    if (!line.low.empty()) {
      one["low"] = brief_json(line.low);
      one["high"] = brief_json(line.high);
    }
    json["series"].push_back(std::move(one));
  }
  return json;
}

Json to_json(const StackPlot& plot) {
  Json json = head_of(plot, "stacks");
  json["categories"] = plot.categories;
  json["series"] = Json::array();
  for (const StackPlot::Layer& layer : plot.layers)
    json["series"].push_back(
        {{"name", layer.name}, {"colour", colour_of_layer(layer.name)}, {"y", brief_json(layer.values)}});
  if (!plot.totals.empty()) json["totals"] = brief_json(plot.totals);
  return json;
}

Json to_json(const PointPlot& plot) {
  constexpr std::array kGuides = {"none", "diagonal", "zero"};
  Json json = head_of(plot, "points");
  json["guide"] = kGuides[static_cast<std::size_t>(plot.guide)];
  if (plot.guide == PointPlot::Guide::diagonal) json["square"] = true;
  json["series"] = Json::array();
  for (const PointPlot::Cloud& cloud : plot.clouds) {
    Json one = {{"name", cloud.name}, {"x", brief_json(cloud.x)}, {"y", brief_json(cloud.y)}};
    if (!cloud.labels.empty()) one["labels"] = cloud.labels;
    json["series"].push_back(std::move(one));
  }
  return json;
}

Json to_json(const MatrixPlot& plot) {
  Json json = head_of(plot, "matrix");
  json["name"] = plot.name;
  json["rows"] = plot.rows;
  json["columns"] = plot.columns;
  json["values"] = brief_json(plot.values);
  if (plot.colours == MatrixPlot::Colours::diverging) json["diverging"] = true;
  return json;
}

Json to_json(const BarPlot& plot) {
  Json json = head_of(plot, "bars");
  json["categories"] = plot.categories;
  json["values"] = brief_json(plot.values);
  if (!plot.errors.empty()) json["errors"] = brief_json(plot.errors);
  if (plot.direction == BarPlot::Direction::lying) json["lying"] = true;
  return json;
}

std::size_t colour_of_layer(std::string_view name) noexcept {
  if (name == "bias") return 0;
  if (name == "noise") return 7;
  if (name == "cross term") return 3;
  return name == "variance, biased" ? 4 : 1;
}

std::vector<std::size_t> thinned(std::size_t count, std::size_t most) {
  std::vector<std::size_t> kept;
  if (count <= most || most < 2) {
    for (std::size_t i = 0; i < count && (i < most || most >= count); ++i) kept.push_back(i);
    return kept;
  }
  for (std::size_t k = 0; k < most; ++k) kept.push_back(k * (count - 1) / (most - 1));
  return kept;
}

PlotLine thinned(const PlotLine& line, std::size_t most) {
  PlotLine thin{.name = line.name, .style = line.style};
  for (const std::size_t i : thinned(line.x.size(), most)) {
    thin.x.push_back(line.x[i]);
    thin.y.push_back(line.y[i]);
    if (line.low.empty()) continue;
    thin.low.push_back(line.low[i]);
    thin.high.push_back(line.high[i]);
  }
  return thin;
}

}  // namespace jury
