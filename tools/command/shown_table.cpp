#include "tools/command/shown_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "runtime/base/error.hpp"
#include "runtime/base/numbers.hpp"
#include "runtime/base/text.hpp"
#include "search/study/run_results.hpp"
#include "tools/report/report_run.hpp"

namespace jury {
namespace {

std::string number_cell(double number, TableFormat format) {
  if (format == TableFormat::table) return cell(number);
  return std::isnan(number) ? "" : fmt::format("{}", number);
}

std::size_t column_called(const TextTable& table, const std::string& name) {
  const auto found = std::ranges::find(table.header, name);
  if (found != table.header.end()) return static_cast<std::size_t>(found - table.header.begin());
  std::vector<std::string_view> known(table.header.begin(), table.header.end());
  throw ConfigError(fmt::format("there is no column '{}'{}", name, suggestion(name, known)));
}

// The cells of some lines of a table, in this order of lines and columns.
TextTable picked(const TextTable& table, const std::vector<std::size_t>& rows,
                 const std::vector<std::size_t>& columns) {
  TextTable out;
  for (const std::size_t c : columns) out.header.push_back(table.header[c]);
  for (const std::size_t r : rows) {
    out.rows.emplace_back();
    for (const std::size_t c : columns) out.rows.back().push_back(table.rows[r][c]);
  }
  return out;
}

// Whose value a line has.
const JudgedBy& judge_of(const std::vector<std::string>& row, std::span<const JudgedBy> judges) {
  static const JudgedBy kNobody;
  if (judges.size() == 1) return judges.front();
  const auto found = std::ranges::find(judges, row.front(), &JudgedBy::run);
  return found == judges.end() ? kNobody : *found;
}

std::vector<std::size_t> sorted_rows(const TextTable& table, const TableView& view, std::span<const JudgedBy> judges) {
  std::vector<std::size_t> rows(table.rows.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  if (view.sort.empty()) return rows;
  const std::size_t c = column_called(table, view.sort);
  const bool is_judged = is_judged_column(view.sort), is_reversed = view.order == SortOrder::worst_first;
  const JudgedBy by_name{
      .run = "", .metric = "", .maximizes = is_maximized(view.sort.substr(view.sort.rfind('.') + 1), "")};
  const auto judge = [&](std::size_t row) -> const JudgedBy& {
    return is_judged ? judge_of(table.rows[row], judges) : by_name;
  };
  std::ranges::stable_sort(rows, [&](std::size_t a, std::size_t b) {
    const std::string &of_a = table.rows[a][c], &of_b = table.rows[b][c];
    if (of_a.empty() || of_b.empty()) return !of_a.empty() && of_b.empty();
    if (judge(a).metric != judge(b).metric) return judge(a).metric < judge(b).metric;
    const bool descends = judge(a).maximizes != is_reversed;
    const auto x = parse_number(of_a), y = parse_number(of_b);
    if (x && y) return descends ? *x > *y : *x < *y;
    return descends ? of_a > of_b : of_a < of_b;
  });
  return rows;
}

}  // namespace

TextTable read_shown(const std::string& run, const ShownTable& shown, TableFormat format) {
  const RunResults results(run, ReadFor::showing);
  if (!results.has(shown.group)) refuse_absent_table(results, shown);
  return to_table(results.group(shown.group), format);
}

TextTable read_main_table(const std::string& run, TableFormat format) {
  const RunResults results(run, ReadFor::showing);
  TextTable table;
  for (const char* name : {"summary", "bias_variance", "trials"}) {
    const char* group = shown_table(name).group;
    if (!results.has(group)) continue;
    table = to_table(results.group(group), format);
    if (!table.rows.empty()) break;
  }
  return table;
}

bool is_judged_column(std::string_view name) noexcept { return name == "value" || name == "honest_value"; }

std::vector<JudgedBy> judges_of(std::span<const std::string> runs) {
  std::vector<JudgedBy> judges;
  for (const std::string& place : runs) {
    const ReportRun run(place);
    judges.push_back({.run = place, .metric = run.metric, .maximizes = run.maximizes});
  }
  return judges;
}

TextTable join_runs(std::span<const std::string> runs, std::span<const TextTable> tables) {
  TextTable joined{.header = {"run"}, .rows = {}};
  for (const TextTable& table : tables)
    for (const std::string& name : table.header)
      if (std::ranges::find(joined.header, name) == joined.header.end()) joined.header.push_back(name);
  for (std::size_t i = 0; i < runs.size(); ++i)
    for (const auto& row : tables[i].rows) {
      std::vector<std::string>& line = joined.rows.emplace_back(joined.header.size());
      line.front() = runs[i];
      for (std::size_t c = 0; c < row.size(); ++c) line[column_called(joined, tables[i].header[c])] = row[c];
    }
  return joined;
}

TextTable leaderboard(std::span<const std::string> runs, TableFormat format) {
  std::vector<TextTable> tables;
  for (const std::string& place : runs) {
    const ReportRun run(place);
    TextTable& table = tables.emplace_back();
    std::vector<std::string>& line = table.rows.emplace_back();
    const auto add = [&](const std::string& name, std::string text) {
      table.header.push_back(name);
      line.push_back(std::move(text));
    };
    const std::size_t row = run.chosen_row();
    const auto of_trial = [&](const std::string& name) {
      return number_cell(row < run.trials.size() ? run.trials.numbers(name)[row] : kNaN, format);
    };
    const auto complete = std::ranges::count(run.fits.texts("state"), "complete");
    add("name", run.name);
    add("hash", run.hash);
    add("state", run.results.complete() ? "finished" : "unfinished");
    add("judged_by", run.metric_and_source());
    add("value", of_trial("value"));
    add("value_se", of_trial("value_se"));
    add("honest_value", number_cell(run.selection.attribute("honest_value"), format));
    add("trials", std::to_string(run.trials.size()));
    add("fits", std::to_string(complete));
    for (const std::string& metric : run.trials.names_after("metric.")) add(metric, of_trial("metric." + metric));
  }
  return join_runs(runs, tables);
}

TextTable view_of(const TextTable& table, const TableView& view, std::span<const JudgedBy> judges) {
  std::vector<std::size_t> columns(table.header.size());
  std::iota(columns.begin(), columns.end(), std::size_t{0});
  if (!view.columns.empty()) columns.clear();
  for (const std::string& name : view.columns) columns.push_back(column_called(table, name));
  std::vector<std::size_t> rows = sorted_rows(table, view, judges);
  if (view.top > 0 && view.top < rows.size()) rows.resize(view.top);
  return picked(table, rows, columns);
}

TextTable without_empty_columns(const TextTable& table) {
  std::vector<std::size_t> rows(table.rows.size()), columns;
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  for (std::size_t c = 0; c < table.header.size(); ++c) {
    const auto says = [&](const std::vector<std::string>& row) { return !row[c].empty() && row[c] != "-1"; };
    if (table.rows.empty() || std::ranges::any_of(table.rows, says)) columns.push_back(c);
  }
  return picked(table, rows, columns);
}

}  // namespace jury
