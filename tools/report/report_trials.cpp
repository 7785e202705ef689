#include "tools/report/report_trials.hpp"

#include <algorithm>
#include <cmath>

#include "runtime/base/numbers.hpp"
#include "runtime/base/text.hpp"
#include "tools/report/html.hpp"
#include "tools/report/plots.hpp"

namespace jury {
namespace {

constexpr std::size_t kLongestLevel = 60, kMostLevels = 200;

// What the space says of a parameter's distribution: "loguniform(1e-4, 1e-1)", or "".
std::string distribution_of(const ReportRun& run, const std::string& parameter) {
  const Config* search = run.settings.find("search");
  const Config* space = search != nullptr && search->is_table() ? search->find("space") : nullptr;
  const Config* entry = space != nullptr && space->is_table() ? space->find(parameter) : nullptr;
  if (entry != nullptr && entry->is_table()) entry = entry->find("dist");
  const auto* text = entry == nullptr ? nullptr : entry->as<std::string>();
  return text == nullptr ? "" : *text;
}

Json text_column(const std::vector<std::string>& cells) {
  std::vector<std::string> levels;
  for (const std::string& cell : cells) {
    const std::string level = cut_text(cell, kLongestLevel);
    if (levels.size() < kMostLevels && std::ranges::find(levels, level) == levels.end()) levels.push_back(level);
  }
  std::ranges::sort(levels, natural_less);
  Json codes = Json::array();
  for (const std::string& cell : cells) {
    const auto found = std::ranges::find(levels, cut_text(cell, kLongestLevel));
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
  for (const std::size_t row : rows)
    numbers.push_back(column.name == "pareto_rank" && all[row] < 0 ? kNaN : all[row]);  // a failed trial has no rank
  const std::string distribution = column.role == "parameter" ? distribution_of(run, column.shown) : "";
  if (column.role != "trial" && spans_decades(numbers) && (distribution.empty() || distribution.starts_with("log")))
    json["log"] = true;
  json["values"] =
      column.role == "trial" ? Json(std::vector<std::int64_t>(numbers.begin(), numbers.end())) : brief_json(numbers);
  return json;
}

}  // namespace

MainTrials main_trials(const ReportRun& run) {
  MainTrials trials;
  const auto outer = run.trials.numbers("outer"), number = run.trials.numbers("trial"),
             value = run.trials.numbers("value");
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

double worst_in_frame(const ReportRun& run, const MainTrials& trials) {
  constexpr std::size_t kFewest = 10;
  std::vector<double> losses;
  for (const double value : trials.value)
    if (std::isfinite(value)) losses.push_back(run.maximizes ? -value : value);
  if (losses.size() < kFewest || spans_decades(trials.value)) return kNaN;
  std::ranges::sort(losses);
  const double reach = 1.5 * (losses[(losses.size() - 1) * 9 / 10] - losses.front());
  if (!(reach > 0) || losses.back() - losses.front() <= 2 * reach) return kNaN;
  return run.maximizes ? -(losses.front() + reach) : losses.front() + reach;
}

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

std::vector<TrialColumn> trial_columns(const ReportRun& run, std::size_t most) {
  std::vector<TrialColumn> columns = {
      {"trial", "trial", "trial"}, {"state", "state", "state"}, {"value", run.metric, "value"}};
  const auto add = [&](const std::string& name, const std::string& shown, const std::string& role) {
    if (columns.size() < most) columns.push_back({name, shown, role});
  };
  if (std::ranges::any_of(run.trials.numbers("value_se"), [](double error) { return std::isfinite(error); }))
    add("value_se", "standard error", "other");
  if (run.trials.has("pareto_rank")) add("pareto_rank", "Pareto rank", "other");
  for (const std::string& path : run.trials.names_after("param.")) add("param." + path, path, "parameter");
  if (run.trials.has("parent")) add("parent", "parent", "other");
  const auto resource = run.trials.numbers("resource");
  if (std::ranges::any_of(resource, [](double r) { return r > 0; })) add("resource", "resource", "other");
  for (const std::string& name : run.trials.names_after("value.")) add("value." + name, name, "metric");
  for (const std::string& name : run.trials.names_after("metric."))
    if (name != run.metric) add("metric." + name, name, "metric");
  const auto errors = run.trials.texts("error");
  if (std::ranges::any_of(errors, [](const std::string& error) { return !error.empty(); }))
    add("error", "error", "other");
  return columns;
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

Json trials_json(const ReportRun& run, const MainTrials& trials, const ReportLimits& limits) {
  const auto columns = trial_columns(run, limits.columns);
  const auto shown = shown_trials(trials, best_so_far(run, trials),
                                  std::min(limits.trials, std::max<std::size_t>(limits.cells / columns.size(), 30)));
  std::vector<std::size_t> rows;
  for (const std::size_t i : shown) rows.push_back(trials.rows[i]);
  Json json = {{"objective", run.metric},
               {"maximize", run.maximizes},
               {"chosen", run.chosen},
               {"total", trials.rows.size()},
               {"worst_in_frame", brief_json(worst_in_frame(run, trials))},
               {"columns", Json::array()}};
  for (const TrialColumn& column : columns) json["columns"].push_back(column_json(run, column, rows));
  return json;
}

}  // namespace jury
