// What an ensemble gains: scores against the number of members, and how differently members err.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "runtime/base/numbers.hpp"
#include "tools/report/html.hpp"
#include "tools/report/plots.hpp"
#include "tools/report/report_parts.hpp"

namespace jury {
namespace {

// Mean over repeats of a column of /ensemble/by_size, by size, of one source.
PlotLine line_of_sizes(const ReportColumns& table, const std::string& column, const std::string& source) {
  const auto of = table.texts("source");
  const auto size = table.numbers("size"), values = table.numbers(column);
  std::map<double, std::pair<double, double>> sums;
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (of[i] != source || !std::isfinite(values[i])) continue;
    sums[size[i]].first += values[i];
    sums[size[i]].second += 1;
  }
  PlotLine line{.name = column};
  for (const auto& [at, sum] : sums) {
    line.x.push_back(at);
    line.y.push_back(sum.first / sum.second);
  }
  return line;
}

LinePlot size_plot(const ReportRun& run, const ReportColumns& table, const std::string& source,
                   const std::string& metric, std::size_t most) {
  LinePlot plot{.x = {"members"}, .y = {metric}, .lines = {}};
  PlotLine reported = line_of_sizes(table, "reported." + metric, source);
  reported.name = "reported (" + run.combine + ")";
  // Intervals are of the first reported metric.
  const auto metrics = table.names_after("reported.");
  if (!metrics.empty() && metrics.front() == metric) {
    const PlotLine low = line_of_sizes(table, "ci_low", source), high = line_of_sizes(table, "ci_high", source);
    if (low.x == reported.x && high.x == reported.x) {
      reported.low = low.y;
      reported.high = high.y;
      plot.band = "95 % interval over rows";
    }
  }
  if (!reported.x.empty()) plot.lines.push_back(thinned(reported, most));
  for (const std::string& way : {std::string("mean"), std::string("vote")}) {
    if (way == run.combine || (way == "vote" && metric == "log_loss"))
      continue;  // shares of votes are often 0, whose log loss says nothing
    PlotLine line = line_of_sizes(table, way + "." + metric, source);
    line.name = way;
    line.style = PlotLine::Style::dashed;
    if (!line.x.empty()) plot.lines.push_back(thinned(line, most));
  }
  return plot;
}

std::vector<std::string> distinct(const std::vector<std::string>& texts, const std::string& first) {
  std::vector<std::string> found;
  for (const std::string& text : texts)
    if (std::ranges::find(found, text) == found.end()) found.push_back(text);
  if (const auto at = std::ranges::find(found, first); at != found.end()) std::rotate(found.begin(), at, at + 1);
  return found;
}

ReportTable size_table(const LinePlot& plot) {
  ReportTable table{.caption = plot.y.name + " by number of members",
                    .header = {"members"},
                    .role = ReportTable::Role::without_scripts};
  for (const PlotLine& line : plot.lines) table.header.push_back(line.name);
  const PlotLine& first = plot.lines.front();
  for (const std::size_t i : thinned(first.x.size(), 16)) {
    table.rows.push_back({brief(first.x[i], 6)});
    for (const PlotLine& line : plot.lines)
      table.rows.back().push_back(i < line.y.size() && line.x[i] == first.x[i] ? brief(line.y[i]) : "");
  }
  return table;
}

// Measures of pairs that are shown, in this order.
constexpr std::pair<const char*, const char*> kPairMeasures[] = {
    {"kappa", "agreement (kappa)"},           {"disagreement", "disagreement"},
    {"correlation", "correlation of errors"}, {"q", "Yule's Q"},
    {"double_fault", "double fault"},         {"covariance", "covariance of errors"}};

void add_matrices(const ReportRun& run, const std::string& source, const ReportLimits& limits,
                  std::vector<ReportChoice>& choices) {
  const ReportColumns table(run.results, "/diversity/" + source);
  for (const auto& [measure, name] : kPairMeasures) {
    const Hdf5Array* array = table.group().find(measure);
    if (array == nullptr || array->type == ElementType::text || array->dims.size() != 2 ||
        array->dims[0] != array->dims[1] || choices.size() == limits.choices)
      continue;
    const auto members = static_cast<std::size_t>(array->dims[0]);
    const auto shown = thinned(members, limits.matrix);
    MatrixPlot plot{.x = {"member"}, .y = {"member"}, .name = name};
    plot.colours = std::string_view(measure) == "disagreement" || std::string_view(measure) == "double_fault"
                       ? MatrixPlot::Colours::rising
                       : MatrixPlot::Colours::diverging;
    for (const std::size_t a : shown) {
      plot.rows.push_back(std::to_string(a));
      for (const std::size_t b : shown) plot.values.push_back(a == b ? kNaN : array->number(a * members + b));
    }
    plot.columns = plot.rows;
    if (std::ranges::none_of(plot.values, [](double value) { return std::isfinite(value); })) continue;
    choices.push_back({fmt::format("{}, {}", name, source_name(source)), to_json(plot)});
  }
}

void add_kappa_error(const ReportRun& run, const std::string& source, const ReportLimits& limits,
                     std::vector<ReportChoice>& choices) {
  const ReportColumns table(run.results, "/diversity/" + source + "/kappa_error");
  if (table.empty()) return;
  const auto kappa = table.numbers("kappa"), error = table.numbers("mean_error");
  const auto first = table.texts("first"), second = table.texts("second");
  PointPlot plot{.x = {.name = "kappa of a pair", .most = 1},
                 .y = {.name = "mean error of the pair", .most = 1},
                 .clouds = {{.name = "pairs of members"}}};
  for (const std::size_t i : thinned(table.size(), limits.points)) {
    if (!std::isfinite(kappa[i])) continue;
    plot.clouds[0].x.push_back(kappa[i]);
    plot.clouds[0].y.push_back(error[i]);
    plot.clouds[0].labels.push_back(fmt::format("{} and {}", first[i], second[i]));
  }
  if (!plot.clouds[0].x.empty()) choices.push_back({source_name(source), to_json(plot)});
}

}  // namespace

ReportPart by_size_part(const ReportRun& run, const ReportLimits& limits) {
  ReportPart part{
      .id = "by-size",
      .title = "Number of members",
      .lead = "What each further member brings: the score of the jury of the first members, in their order."};
  const ReportColumns table(run.results, "/ensemble/by_size");
  const auto sizes = table.numbers("size");
  if (table.empty() || std::ranges::max(sizes) < 2) return part;
  std::vector<ReportChoice> choices;
  LinePlot first;
  const auto metrics = distinct(table.names_after("reported."), run.metric);
  for (const std::string& source : distinct(table.texts("source"), run.source))
    for (const std::string& metric : metrics) {
      LinePlot plot = size_plot(run, table, source, metric, limits.line_points);
      if (plot.lines.empty() || choices.size() == limits.choices) continue;
      choices.push_back({metric + ", " + source_name(source), to_json(plot)});
      if (choices.size() == 1) first = std::move(plot);
    }
  if (choices.empty()) return part;
  const std::string svg = to_svg(first, "Score against number of members");
  part.blocks.emplace_back(ReportFigure{
      .id = "by-size", .caption = "Score against number of members.", .choices = std::move(choices), .svg = svg});
  part.blocks.emplace_back(size_table(first));
  return part;
}

ReportPart diversity_part(const ReportRun& run, const ReportLimits& limits) {
  ReportPart part{.id = "diversity",
                  .title = "Diversity",
                  .lead =
                      "How differently members err. A jury gains what its members disagree about: its loss is their "
                      "mean loss less the ambiguity "
                      "(Krogh and Vedelsby 1995)."};
  const ReportColumns overall(run.results, "/diversity/overall");
  if (overall.empty()) return part;
  const auto sources = distinct(overall.texts("source"), run.source);
  std::vector<ReportChoice> matrices, pairs;
  for (const std::string& source : sources) {
    add_matrices(run, source, limits, matrices);
    add_kappa_error(run, source, limits, pairs);
  }
  if (!matrices.empty())
    part.blocks.emplace_back(ReportFigure{.id = "diversity",
                                          .caption = "Diversity matrix: each member against each other.",
                                          .choices = std::move(matrices)});
  if (!pairs.empty())
    part.blocks.emplace_back(ReportFigure{
        .id = "kappa-error",
        .caption = "Kappa-error diagram (Margineantu and Dietterich 1997): to the left is diverse, below is accurate.",
        .choices = std::move(pairs)});
  ReportTable table{.header = {"measure"}};
  const auto named = overall.texts("source");
  for (const std::string& source : named) table.header.push_back(source_name(source));
  for (const std::string& measure : overall.names_after("")) {
    if (measure == "source" || measure == "residual") continue;
    table.rows.push_back({measure});
    for (const double value : overall.numbers(measure)) table.rows.back().push_back(brief(value));
  }
  part.blocks.emplace_back(std::move(table));
  return part;
}

}  // namespace jury
