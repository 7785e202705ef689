// What a search tried: its history, the trials it liked best, and what outer folds say of it.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runtime/base/numbers.hpp"
#include "runtime/base/text.hpp"
#include "tools/report/html.hpp"
#include "tools/report/plots.hpp"
#include "tools/report/report_parts.hpp"
#include "tools/report/report_trials.hpp"

namespace jury {
namespace {

// Trials whose values lie beyond the frame.
bool is_beyond(const ReportRun& run, double value, double worst) {
  return run.maximizes ? value < worst : value > worst;
}

std::size_t num_beyond(const ReportRun& run, const MainTrials& trials) {
  const double worst = worst_in_frame(run, trials);
  return static_cast<std::size_t>(
      std::ranges::count_if(trials.value, [&](double value) { return is_beyond(run, value, worst); }));
}

// The static picture: the best so far, and the trials within the frame.
LinePlot history_plot(const ReportRun& run, const MainTrials& trials, const ReportLimits& limits) {
  const auto best = best_so_far(run, trials);
  const bool log = spans_decades(trials.value);
  LinePlot plot{.x = {"trial"},
                .y = {run.metric, log ? PlotAxis::Scale::logarithmic : PlotAxis::Scale::linear},
                .lines = {{.name = "trials", .style = PlotLine::Style::points},
                          {.name = "best so far", .style = PlotLine::Style::steps}}};
  const double worst = worst_in_frame(run, trials);
  for (const std::size_t i : shown_trials(trials, best, 3 * limits.line_points)) {
    if (std::isfinite(trials.value[i]) && !is_beyond(run, trials.value[i], worst)) {
      plot.lines[0].x.push_back(trials.number[i]);
      plot.lines[0].y.push_back(trials.value[i]);
    }
    plot.lines[1].x.push_back(trials.number[i]);
    plot.lines[1].y.push_back(is_beyond(run, best[i], worst) ? kNaN : best[i]);
  }
  return plot;
}

// "minimise log_loss, out of fold, and minimise flops".
std::string aims_of(const ReportRun& run) {
  std::string text = (run.maximizes ? "maximise " : "minimise ") + run.metric_and_source();
  const auto objectives = run.objectives();
  for (std::size_t i = 1; i < objectives.size(); ++i)
    text += fmt::format("{} {} {}", i + 1 == objectives.size() ? ", and" : ",",
                        is_maximized(objectives[i], "minimize") ? "maximise" : "minimise", objectives[i]);
  if (objectives.size() > 1)
    text += ". The first objective chooses; no other trial is better in all objectives than one of Pareto rank 0";
  return text;
}

ReportTable best_table(const ReportRun& run, const MainTrials& trials, const ReportLimits& limits) {
  ReportTable table{.caption = fmt::format("The {} best of {} trials",
                                           std::min(limits.table_rows, trials.best_first.size()), trials.rows.size()),
                    .role = ReportTable::Role::without_scripts};
  const auto columns = trial_columns(run, std::min<std::size_t>(limits.columns, 14));
  for (const TrialColumn& column : columns) table.header.push_back(column.shown);
  for (std::size_t k = 0; k < trials.best_first.size() && k < limits.table_rows; ++k) table.rows.emplace_back();
  for (const TrialColumn& column : columns) {
    const auto texts = run.trials.texts(column.name);
    const auto numbers = run.trials.numbers(column.name);
    const bool whole = column.role == "trial" || run.trials.is_text(column.name);
    for (std::size_t k = 0; k < table.rows.size(); ++k) {
      const std::size_t row = trials.rows[trials.best_first[k]];
      table.rows[k].push_back(whole ? texts[row] : brief(numbers[row], 5));
    }
  }
  return table;
}

void add_outer(const ReportRun& run, ReportPart& part) {
  const ReportColumns outer(run.results, "/selection/outer");
  ReportTable table{.caption = "What each outer fold chose, and what that is worth on rows the search has not seen",
                    .header = {"outer fold", "chosen trial", "rows", "by the search's own folds", "on the outer fold"}};
  const auto inner = outer.numbers("inner_value"), value = outer.numbers("value");
  const auto fold = outer.texts("outer"), trial = outer.texts("trial"), rows = outer.texts("num_rows");
  for (std::size_t i = 0; i < outer.size() && i < 100; ++i)
    table.rows.push_back({fold[i], trial[i], rows[i], brief(inner[i]), brief(value[i])});
  if (!table.rows.empty()) part.blocks.emplace_back(std::move(table));
}

}  // namespace

ReportPart search_part(const ReportRun& run, const ReportLimits& limits, Json& trials_out) {
  ReportPart part{.id = "search", .title = "Search"};
  const MainTrials trials = main_trials(run);
  if (trials.rows.size() < 2) return part;
  trials_out = trials_json(run, trials, limits);
  const std::string pruner = run.selection.text_attribute("pruner");
  const std::size_t shown = trials_out["columns"][0]["values"].size();
  part.lead = fmt::format(
      "{} trials by {}{}, to {}.{}", trials.rows.size(), run.selection.text_attribute("method"),
      pruner.empty() || pruner == "none" ? "" : " with " + pruner, aims_of(run),
      shown < trials.rows.size()
          ? fmt::format(" Shown are {} of them: the best, each that was the best so far, and others evenly.", shown)
          : "");
  const std::size_t beyond = num_beyond(run, trials);
  const LinePlot history = history_plot(run, trials, limits);
  part.blocks.emplace_back(ReportFigure{
      .id = "history",
      .caption = "Search history. Each point is a trial; the line is the best complete one so far." +
                 (beyond > 0 ? fmt::format(" Beyond the frame: {}.", counted(beyond, "far-off trial")) : ""),
      .choices = {{"", {{"kind", "history"}}}},
      .svg = to_svg(history, "Search history: the best value so far against trials")});
  part.blocks.emplace_back(ReportFigure{.id = "parallel",
                                        .caption = "Parallel coordinates. Drag along an axis to keep the trials "
                                                   "within; the table below follows. Click an axis to let go.",
                                        .choices = {{"", {{"kind", "parallel"}}}}});
  part.blocks.emplace_back(best_table(run, trials, limits));
  add_outer(run, part);
  return part;
}

}  // namespace jury
