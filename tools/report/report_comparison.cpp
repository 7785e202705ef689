#include "tools/report/report_comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "runtime/base/numbers.hpp"
#include "runtime/base/text.hpp"
#include "tools/report/html.hpp"
#include "tools/report/plots.hpp"
#include "tools/report/report_bias_variance.hpp"
#include "tools/report/report_swept.hpp"

namespace jury {
namespace {

constexpr std::size_t kMostLines = 16;

using Runs = std::span<const ReportRun>;

std::string label_of(const ReportRun& run) { return cut_text(run.name, 40) + " " + run.hash; }

double value_of(const ReportRun& run, const std::string& metric) {
  const std::size_t row = run.chosen_row();
  if (row >= run.trials.size()) return kNaN;
  return metric == run.metric ? run.trials.numbers("value")[row] : run.trials.numbers("metric." + metric)[row];
}

double error_of(const ReportRun& run, const std::string& metric) {
  const std::size_t row = run.chosen_row();
  return row < run.trials.size() && metric == run.metric ? run.trials.numbers("value_se")[row] : kNaN;
}

// Scores that any run has: what the first is judged by, then all others.
std::vector<std::string> metrics_of(Runs runs, std::size_t most) {
  std::vector<std::string> names;
  const auto add = [&](const std::string& name) {
    if (!name.empty() && names.size() < most && std::ranges::find(names, name) == names.end()) names.push_back(name);
  };
  for (const ReportRun& run : runs) add(run.metric);
  for (const ReportRun& run : runs)
    for (const std::string& name : run.trials.names_after("metric.")) add(name);
  return names;
}

ReportPart runs_part(Runs runs, const ReportLimits& limits) {
  ReportPart part{.id = "runs", .title = "Runs"};
  ReportTable table{.header = {"run", "hash", "state", "judged by", "value", "standard error", "honest value"}};
  const auto metrics = metrics_of(runs, limits.choices);
  for (const std::string& metric : metrics) table.header.push_back(metric);
  for (std::size_t i = 0; i < runs.size() && i < 10 * limits.table_rows; ++i) {
    const ReportRun& run = runs[i];
    table.rows.push_back({run.name, run.hash, run.results.complete() ? "finished" : "unfinished",
                          run.metric_and_source(), brief(value_of(run, run.metric)),
                          brief(error_of(run, run.metric), 2), brief(run.selection.attribute("honest_value"))});
    for (const std::string& metric : metrics) table.rows.back().push_back(brief(value_of(run, metric)));
  }
  part.blocks.emplace_back(std::move(table));
  return part;
}

// A point for each run, with its standard error.
Json chart_against(Runs runs, const Swept& swept, const std::string& metric) {
  constexpr double kWide = 50;
  const bool is_number = !swept.numbers.empty();
  std::vector<std::string> categories;
  Json points = Json::array();
  for (const std::size_t i : order_by(swept)) {
    const std::string text = cut_text(swept.texts[i], 40);
    if (!is_number && (categories.empty() || categories.back() != text)) categories.push_back(text);
    points.push_back({{"run", label_of(runs[i])},
                      {"x", is_number ? brief_json(swept.numbers[i]) : Json(text)},
                      {"y", brief_json(value_of(runs[i], metric))},
                      {"error", brief_json(error_of(runs[i], metric))}});
  }
  Json chart = {
      {"kind", "settings"}, {"x", {{"name", swept.path}}}, {"y", {{"name", metric}}}, {"points", std::move(points)}};
  if (!is_number) chart["categories"] = categories;
  if (is_number && std::ranges::min(swept.numbers) > 0 &&
      std::ranges::max(swept.numbers) / std::ranges::min(swept.numbers) >= kWide)
    chart["x"]["log"] = true;
  return chart;
}

ReportPart settings_part(Runs runs, const std::vector<Swept>& swept, const ReportLimits& limits) {
  ReportPart part{.id = "settings",
                  .title = "Settings against scores",
                  .lead =
                      "Settings that differ among the runs, and what the runs reach. Whiskers are standard errors over "
                      "folds. Runs may differ in more than one setting."};
  std::vector<ReportChoice> choices;
  for (const Swept& one : swept)
    for (const std::string& metric : metrics_of(runs, 4))
      if (choices.size() < 2 * limits.choices)
        choices.push_back({one.path + ", " + metric, chart_against(runs, one, metric)});
  if (!choices.empty())
    part.blocks.emplace_back(ReportFigure{
        .id = "settings", .caption = "Score against a setting; each point is a run.", .choices = std::move(choices)});
  ReportTable table{.header = {"run", "hash", runs.front().metric}};
  for (const Swept& one : swept) table.header.push_back(one.path);
  for (std::size_t i = 0; i < runs.size() && i < 10 * limits.table_rows; ++i) {
    table.rows.push_back({runs[i].name, runs[i].hash, brief(value_of(runs[i], runs.front().metric))});
    for (const Swept& one : swept) table.rows.back().push_back(one.texts[i]);
  }
  if (!swept.empty()) part.blocks.emplace_back(std::move(table));
  return part;
}

using Decomposition = std::pair<std::string, std::string>;  // predictor, definition

// A bar for each run that has the decomposition, in the order of a setting.
StackPlot stacks_of(Runs runs, const std::vector<ReportColumns>& tables, const Swept& swept,
                    const Decomposition& wanted) {
  StackPlot plot{.x = {swept.path}, .y = {"loss"}};
  for (const std::size_t i : order_by(swept)) {
    const auto definition = tables[i].texts("definition"), predictor = tables[i].texts("predictor"),
               estimator = tables[i].texts("estimator");
    for (std::size_t row = 0; row < definition.size(); ++row) {
      if (Decomposition(predictor[row], definition[row]) != wanted || estimator[row] != "replicate") continue;
      const StackPlot bar = decomposition_plot(tables[i], {row});
      plot.categories.push_back(fmt::format("{} ({})", cut_text(swept.texts[i], 30), runs[i].hash));
      plot.totals.push_back(bar.totals.front());
      for (StackPlot::Layer& layer : plot.layers) layer.values.push_back(0);
      for (const StackPlot::Layer& layer : bar.layers) {
        auto found = std::ranges::find(plot.layers, layer.name, &StackPlot::Layer::name);
        if (found == plot.layers.end())
          found = plot.layers.insert(found, {layer.name, std::vector<double>(plot.totals.size(), 0)});
        found->values.back() = layer.values.front();
      }
    }
  }
  return plot;
}

ReportPart bias_variance_part(Runs runs, const std::vector<Swept>& swept, const ReportLimits& limits) {
  ReportPart part{.id = "bias-variance",
                  .title = "Bias, variance and noise",
                  .lead = "The same decomposition of each run, in the order of a setting that differs among them."};
  std::vector<ReportColumns> tables;
  std::set<Decomposition> found;
  for (const ReportRun& run : runs) {
    tables.emplace_back(run.results, "/bias_variance/overall");
    const auto definition = tables.back().texts("definition"), predictor = tables.back().texts("predictor");
    for (std::size_t i = 0; i < definition.size(); ++i) found.emplace(predictor[i], definition[i]);
  }
  ReportFigure figure{.id = "bias-variance",
                      .caption = "Bias, variance and noise of each run. The mark is the mean loss.",
                      .choices = {}};
  for (const Decomposition& wanted : found)
    for (const Swept& one : swept) {
      const StackPlot plot = stacks_of(runs, tables, one, wanted);
      if (plot.categories.size() < 2 || figure.choices.size() == 2 * limits.choices) continue;
      if (figure.choices.empty()) figure.svg = to_svg(plot, figure.caption);
      figure.choices.push_back(
          {fmt::format("{}, {}, by {}", definition_name(wanted.second), wanted.first, one.path), to_json(plot)});
    }
  if (!figure.choices.empty()) part.blocks.emplace_back(std::move(figure));
  return part;
}

// Of the first repeat.
PlotLine line_of_run(const ReportRun& run, const std::string& metric, std::size_t most) {
  const ReportColumns table(run.results, "/ensemble/by_size");
  const auto size = table.numbers("size"), score = table.numbers("reported." + metric),
             repeat = table.numbers("repeat");
  const auto source = table.texts("source");
  PlotLine line{.name = label_of(run)};
  for (std::size_t i = 0; i < size.size(); ++i) {
    if (source[i] != run.source || repeat[i] > 0 || !std::isfinite(score[i])) continue;
    line.x.push_back(size[i]);
    line.y.push_back(score[i]);
  }
  return thinned(line, most);
}

ReportPart sizes_part(Runs runs, const ReportLimits& limits) {
  ReportPart part{.id = "by-size", .title = "Number of members", .lead = "The score of the first members of each run."};
  ReportFigure figure{.id = "by-size", .caption = "Score against number of members.", .choices = {}};
  for (const std::string& metric : metrics_of(runs, limits.choices)) {
    LinePlot plot{.x = {"members"}, .y = {metric}, .lines = {}};
    for (const ReportRun& run : runs)
      if (PlotLine line = line_of_run(run, metric, limits.line_points / 2);
          line.x.size() > 1 && plot.lines.size() < kMostLines)
        plot.lines.push_back(std::move(line));
    if (plot.lines.empty()) continue;
    if (figure.choices.empty()) figure.svg = to_svg(plot, figure.caption);
    figure.choices.push_back({metric, to_json(plot)});
  }
  if (!figure.choices.empty()) part.blocks.emplace_back(std::move(figure));
  return part;
}

ReportCard best_card(Runs runs) {
  const std::string& metric = runs.front().metric;
  const bool maximizes = runs.front().maximizes;
  const ReportRun* best = nullptr;
  for (const ReportRun& run : runs) {
    const double value = value_of(run, metric);
    if (!std::isfinite(value)) continue;
    if (best == nullptr || (maximizes ? value > value_of(*best, metric) : value < value_of(*best, metric))) best = &run;
  }
  if (best == nullptr) return {"Best " + metric, "none"};
  const double error = error_of(*best, metric);
  return {"Best " + metric, brief(value_of(*best, metric)) + (std::isfinite(error) ? " ± " + brief(error, 2) : ""),
          label_of(*best)};
}

}  // namespace

ReportPage comparison_page(Runs runs, const ReportLimits& limits) {
  const auto swept = swept_settings(runs, limits.columns);
  ReportPage page{
      .title = counted(runs.size(), "run"),
      .subtitle = "",
      .cards = {{"Runs", std::to_string(runs.size())}, {"Settings that differ", std::to_string(swept.size())}}};
  if (!runs.front().metric.empty()) page.cards.insert(page.cards.begin(), best_card(runs));
  for (const ReportRun& run : runs) page.subtitle += (page.subtitle.empty() ? "" : ", ") + label_of(run);
  page.subtitle = cut_text(page.subtitle, 400);
  std::set<std::string> data;
  for (const ReportRun& run : runs) {
    data.insert(run.results.text(run.results.root(), "data_hash"));
    if (!run.results.complete())
      page.warnings.push_back(label_of(run) + " is not finished: shown is what it has so far.");
  }
  if (data.size() > 1)
    page.warnings.emplace_back("These runs are not of the same data: their scores say little about each other.");
  page.parts.push_back(runs_part(runs, limits));
  page.parts.push_back(settings_part(runs, swept, limits));
  page.parts.push_back(bias_variance_part(runs, swept, limits));
  page.parts.push_back(sizes_part(runs, limits));
  return page;
}

}  // namespace jury
