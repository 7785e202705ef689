// What a search tried: its history, the columns that parallel coordinates and the table share, and what it chose.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "runtime/base/numbers.hpp"
#include "tools/report/html.hpp"
#include "tools/report/plots.hpp"
#include "tools/report/report_parts.hpp"

namespace jury {
namespace {

constexpr std::size_t kLongestLevel = 60, kMostLevels = 200;

// Trials of the main search, in their order.
struct MainTrials {
  std::vector<std::size_t> rows;
  std::vector<double> number, value;
  std::vector<std::string> state;
  std::vector<std::size_t> best_first;  // positions in `rows`, complete ones
};

MainTrials main_trials(const ReportRun& run) {
  MainTrials trials;
  const auto outer = run.trials.numbers("outer"), number = run.trials.numbers("trial"), value = run.trials.numbers("value");
  const auto state = run.trials.texts("state");
  for (std::size_t row = 0; row < run.trials.size(); ++row) {
    if (outer[row] >= 0) continue;
    trials.rows.push_back(row);
    trials.number.push_back(number[row]);
    trials.value.push_back(value[row]);
    trials.state.push_back(state[row]);
    if (state[row] == "complete" && std::isfinite(value[row])) trials.best_first.push_back(trials.rows.size() - 1);
  }
  std::ranges::stable_sort(trials.best_first, [&](std::size_t a, std::size_t b) {
    return run.maximizes ? trials.value[a] > trials.value[b] : trials.value[a] < trials.value[b];
  });
  return trials;
}

// The best of all complete trials so far, at each trial.
std::vector<double> best_so_far(const ReportRun& run, const MainTrials& trials) {
  std::vector<double> best;
  double so_far = kNaN;
  for (std::size_t i = 0; i < trials.rows.size(); ++i) {
    const double value = trials.state[i] == "complete" ? trials.value[i] : kNaN;
    if (std::isnan(so_far) || (run.maximizes ? value > so_far : value < so_far)) so_far = value;
    best.push_back(so_far);
  }
  return best;
}

// Which trials are shown when they are too many: the best third of the room, the rest evenly.
std::vector<std::size_t> shown_trials(const MainTrials& trials, const std::vector<double>& best, std::size_t most) {
  if (trials.rows.size() <= most) return thinned(trials.rows.size(), most);
  std::vector<std::uint8_t> shown(trials.rows.size(), 0);
  for (std::size_t k = 0; k < most / 3 && k < trials.best_first.size(); ++k) shown[trials.best_first[k]] = 1;
  std::size_t steps = 0;
  for (std::size_t i = 1; i < best.size() && steps < most / 6; ++i)
    if (best[i] != best[i - 1] && !std::isnan(best[i])) shown[i] = 1, ++steps;
  for (const std::size_t i : thinned(trials.rows.size(), most / 2)) shown[i] = 1;
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < shown.size(); ++i)
    if (shown[i] != 0) kept.push_back(i);
  return kept;
}

struct TrialColumn {
  std::string name;    // in the file
  std::string shown;
  std::string role;    // trial, state, value, parameter, metric, other
};

std::vector<TrialColumn> trial_columns(const ReportRun& run, std::size_t most) {
  std::vector<TrialColumn> columns = {{"trial", "trial", "trial"}, {"state", "state", "state"}, {"value", run.metric, "value"}};
  const auto add = [&](const std::string& name, const std::string& shown, const std::string& role) {
    if (columns.size() < most) columns.push_back({name, shown, role});
  };
  if (std::ranges::any_of(run.trials.numbers("value_se"), [](double error) { return std::isfinite(error); })) add("value_se", "standard error", "other");
  for (const std::string& path : run.trials.names_after("param.")) add("param." + path, path, "parameter");
  if (run.trials.has("parent")) add("parent", "parent", "other");
  const auto resource = run.trials.numbers("resource");
  if (std::ranges::any_of(resource, [](double r) { return r > 0; })) add("resource", "resource", "other");
  for (const std::string& name : run.trials.names_after("value.")) add("value." + name, name, "metric");
  for (const std::string& name : run.trials.names_after("metric."))
    if (name != run.metric) add("metric." + name, name, "metric");
  return columns;
}

// What the space says of a parameter's distribution: "loguniform(1e-4, 1e-1)", or "".
std::string distribution_of(const ReportRun& run, const std::string& parameter) {
  const Config* search = run.settings.find("search");
  const Config* space = search != nullptr && search->is_table() ? search->find("space") : nullptr;
  const Config* entry = space != nullptr && space->is_table() ? space->find(parameter) : nullptr;
  if (entry != nullptr && entry->is_table()) entry = entry->find("dist");
  const auto* text = entry == nullptr ? nullptr : entry->as<std::string>();
  return text == nullptr ? "" : *text;
}

bool spans_decades(const std::vector<double>& numbers) {
  constexpr double kDecades = 20;
  double low = kInfinity, high = 0;
  for (const double number : numbers) {
    if (std::isnan(number)) continue;
    if (number <= 0) return false;
    low = std::min(low, number);
    high = std::max(high, number);
  }
  return high / low >= kDecades;
}

Json text_column(const std::vector<std::string>& cells) {
  std::vector<std::string> levels;
  Json codes = Json::array();
  for (const std::string& cell : cells) {
    const std::string level = cut_text(cell, kLongestLevel);
    auto found = std::ranges::find(levels, level);
    if (found == levels.end() && levels.size() < kMostLevels) found = levels.insert(levels.end(), level);
    found == levels.end() ? codes.push_back(nullptr) : codes.push_back(found - levels.begin());
  }
  return {{"levels", levels}, {"codes", std::move(codes)}};
}

Json column_json(const ReportRun& run, const TrialColumn& column, const std::vector<std::size_t>& rows) {
  Json json = {{"name", column.shown}, {"role", column.role}};
  if (run.trials.is_text(column.name)) {
    const auto all = run.trials.texts(column.name);
    std::vector<std::string> cells;
    for (const std::size_t row : rows) cells.push_back(all[row]);
    json.update(text_column(cells));
    return json;
  }
  const auto all = run.trials.numbers(column.name);
  std::vector<double> numbers;
  for (const std::size_t row : rows) numbers.push_back(all[row]);
  const std::string distribution = column.role == "parameter" ? distribution_of(run, column.shown) : "";
  if (column.role != "trial" && spans_decades(numbers) && (distribution.empty() || distribution.starts_with("log"))) json["log"] = true;
  json["values"] = column.role == "trial" ? Json(std::vector<std::int64_t>(numbers.begin(), numbers.end())) : brief_json(numbers);
  return json;
}

Json trials_json(const ReportRun& run, const MainTrials& trials, const ReportLimits& limits) {
  const auto columns = trial_columns(run, limits.columns);
  const auto shown = shown_trials(trials, best_so_far(run, trials), std::min(limits.trials, std::max<std::size_t>(limits.cells / columns.size(), 30)));
  std::vector<std::size_t> rows;
  for (const std::size_t i : shown) rows.push_back(trials.rows[i]);
  Json json = {{"objective", run.metric}, {"maximize", run.maximizes}, {"chosen", run.chosen}, {"total", trials.rows.size()}, {"columns", Json::array()}};
  for (const TrialColumn& column : columns) json["columns"].push_back(column_json(run, column, rows));
  return json;
}

// The static picture: the best so far, and the trials that fit into a frame without the worst tenth.
LinePlot history_plot(const ReportRun& run, const MainTrials& trials, const ReportLimits& limits) {
  const auto best = best_so_far(run, trials);
  const bool log = spans_decades(trials.value);
  LinePlot plot{.x = {"trial"}, .y = {run.metric, log ? PlotAxis::Scale::logarithmic : PlotAxis::Scale::linear}, .lines = {{.name = "trials", .style = PlotLine::Style::points}, {.name = "best so far", .style = PlotLine::Style::steps}}};
  std::vector<double> sorted;
  for (const double value : trials.value)
    if (std::isfinite(value)) sorted.push_back(run.maximizes ? -value : value);
  std::ranges::sort(sorted);
  const double worst = sorted.empty() || log ? kInfinity : sorted[(sorted.size() - 1) * 9 / 10];
  for (const std::size_t i : shown_trials(trials, best, 3 * limits.line_points)) {
    if (std::isfinite(trials.value[i]) && (run.maximizes ? -trials.value[i] : trials.value[i]) <= worst) {
      plot.lines[0].x.push_back(trials.number[i]);
      plot.lines[0].y.push_back(trials.value[i]);
    }
    const bool in_frame = !std::isfinite(best[i]) || (run.maximizes ? -best[i] : best[i]) <= worst;
    plot.lines[1].x.push_back(trials.number[i]);
    plot.lines[1].y.push_back(in_frame ? best[i] : kNaN);
  }
  return plot;
}

ReportTable best_table(const ReportRun& run, const MainTrials& trials, const ReportLimits& limits) {
  ReportTable table{.caption = fmt::format("The {} best of {} trials", std::min(limits.table_rows, trials.best_first.size()), trials.rows.size()),
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
  for (std::size_t i = 0; i < outer.size() && i < 100; ++i) table.rows.push_back({fold[i], trial[i], rows[i], brief(inner[i]), brief(value[i])});
  if (!table.rows.empty()) part.blocks.emplace_back(std::move(table));
}

// Parameters in the order of their importance, then those of which none is known.
std::vector<std::string> most_important_first(const std::vector<std::string>& parameters, const std::vector<std::string>& names, const std::vector<std::size_t>& order) {
  std::vector<std::string> sorted;
  for (const std::size_t i : order)
    if (std::ranges::find(parameters, names[i]) != parameters.end()) sorted.push_back(names[i]);
  for (const std::string& path : parameters)
    if (std::ranges::find(sorted, path) == sorted.end()) sorted.push_back(path);
  return sorted;
}

}  // namespace

ReportPart search_part(const ReportRun& run, const ReportLimits& limits, Json& trials_out) {
  ReportPart part{.id = "search", .title = "Search"};
  const MainTrials trials = main_trials(run);
  if (trials.rows.size() < 2) return part;
  trials_out = trials_json(run, trials, limits);
  const std::string pruner = run.selection.text_attribute("pruner");
  const std::size_t shown = trials_out["columns"][0]["values"].size();
  part.lead = fmt::format("{} trials by {}{}, to {} {}.{}", trials.rows.size(), run.selection.text_attribute("method"),
                          pruner.empty() || pruner == "none" ? "" : " with " + pruner, run.maximizes ? "maximise" : "minimise", run.metric_and_source(),
                          shown < trials.rows.size() ? fmt::format(" Shown are {} of them: the best, each that was the best so far, and others evenly.", shown) : "");
  const LinePlot history = history_plot(run, trials, limits);
  part.blocks.emplace_back(ReportFigure{.id = "history", .caption = "Search history. Each point is a trial; the line is the best complete one so far.",
                                        .choices = {{"", {{"kind", "history"}}}}, .svg = to_svg(history, "Search history: the best value so far against trials")});
  part.blocks.emplace_back(ReportFigure{.id = "parallel", .caption = "Parallel coordinates. Drag along an axis to keep the trials within; the table below follows. Click an axis to let go.",
                                        .choices = {{"", {{"kind", "parallel"}}}}});
  part.blocks.emplace_back(best_table(run, trials, limits));
  add_outer(run, part);
  return part;
}

ReportPart importance_part(const ReportRun& run, const ReportLimits& limits) {
  ReportPart part{.id = "importance", .title = "Parameters", .lead = "The objective along each parameter."};
  const ReportColumns table(run.results, "/selection/importance");
  const auto names = table.texts("name");
  const auto alone = table.numbers("alone"), spread = table.numbers("alone_sd");
  std::vector<std::size_t> order(names.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return alone[a] > alone[b]; });
  if (order.size() > limits.columns) order.resize(limits.columns);
  BarPlot bars{.x = {"share of the variance"}, .direction = BarPlot::Direction::lying};
  ReportTable said{.caption = "Importance", .header = {"parameter", "share", "standard deviation over trees"}, .role = ReportTable::Role::without_scripts};
  for (const std::size_t i : order) {
    bars.categories.push_back(cut_text(names[i], 60));
    bars.values.push_back(alone[i]);
    bars.errors.push_back(spread[i]);
    said.rows.push_back({names[i], brief(alone[i], 3), brief(spread[i], 2)});
  }
  std::vector<ReportChoice> choices;
  if (!order.empty()) choices.push_back({"alone", to_json(bars)});
  const Hdf5Array* pairs = table.group().find("pairs");
  if (pairs != nullptr && pairs->type != ElementType::text && pairs->size() == names.size() * names.size() && order.size() > 1) {
    MatrixPlot matrix{.rows = bars.categories, .columns = bars.categories, .name = "share of the variance"};
    for (const std::size_t a : order)
      for (const std::size_t b : order) matrix.values.push_back(a == b ? alone[a] : pairs->number(a * names.size() + b));
    choices.push_back({"pairs", to_json(matrix)});
  }
  if (!choices.empty()) {
    part.lead = "Which settings mattered: shares of the objective's variance over the space that each explains by itself (functional analysis of variance, "
                "Hutter et al. 2014), and the objective along each parameter.";
    part.blocks.emplace_back(ReportFigure{.id = "importance", .caption = "Importance of parameters, with the standard deviation over the trees of the forest.", .choices = std::move(choices)});
    part.blocks.emplace_back(std::move(said));
  }
  const auto parameters = run.trials.names_after("param.");
  if (run.trials.size() < 2 || parameters.empty()) return part;
  std::vector<ReportChoice> slices;
  for (const std::string& path : most_important_first(parameters, names, order))
    if (slices.size() + 4 < limits.columns) slices.push_back({cut_text(path, 60), {{"kind", "slice"}, {"parameter", path}}});
  part.blocks.emplace_back(ReportFigure{.id = "slices", .caption = "Slices: the objective along one parameter. Darker points are later trials.", .choices = std::move(slices)});
  return part;
}

}  // namespace jury
