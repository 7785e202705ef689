#include "tools/command/shown_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "runtime/base/error.hpp"
#include "runtime/base/numbers.hpp"
#include "runtime/base/text.hpp"
#include "runtime/store/hdf5_child.hpp"
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

// Larger is better in a column of this name.
bool is_maximized_column(const std::string& name, bool maximizes) {
  return name == "value" || name == "honest_value" ? maximizes : is_maximized(name.substr(name.rfind('.') + 1), "");
}

std::vector<std::size_t> sorted_rows(const TextTable& table, const TableView& view, bool maximizes) {
  std::vector<std::size_t> rows(table.rows.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  if (view.sort.empty()) return rows;
  const std::size_t c = column_called(table, view.sort);
  const bool descends = is_maximized_column(view.sort, maximizes) != (view.order == SortOrder::worst_first);
  std::ranges::stable_sort(rows, [&](std::size_t a, std::size_t b) {
    const std::string &of_a = table.rows[a][c], &of_b = table.rows[b][c];
    if (of_a.empty() || of_b.empty()) return !of_a.empty() && of_b.empty();
    const auto x = parse_number(of_a), y = parse_number(of_b);
    if (x && y) return descends ? *x > *y : *x < *y;
    return descends ? of_a > of_b : of_a < of_b;
  });
  return rows;
}

}  // namespace

TextTable read_shown(const std::string& run, const ShownTable& shown, TableFormat format) {
  return to_table(Hdf5Child(results_file_of(run)).read_group(shown.group), format);
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

TextTable view_of(const TextTable& table, const TableView& view, bool maximizes) {
  std::vector<std::size_t> columns(table.header.size());
  std::iota(columns.begin(), columns.end(), std::size_t{0});
  if (!view.columns.empty()) columns.clear();
  for (const std::string& name : view.columns) columns.push_back(column_called(table, name));
  std::vector<std::size_t> rows = sorted_rows(table, view, maximizes);
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
