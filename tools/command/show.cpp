// jury show: the tables of runs.
#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <cstdio>
#include <filesystem>

#include "runtime/base/text.hpp"
#include "tools/command/command.hpp"
#include "tools/command/follow.hpp"
#include "tools/command/print_table.hpp"
#include "tools/command/shown_table.hpp"

namespace jury {
namespace {

// The operands are runs, and after them perhaps the name of a table.
struct Asked {
  std::vector<std::string> runs;
  std::string table;  // "": what the run is about
};

Asked shown_of(const ParsedArguments& parsed) {
  Asked shown;
  for (const std::string& operand : parsed.operands()) shown.runs.push_back(operand);
  const std::string& last = shown.runs.back();
  const bool names_table =
      last == kLeaderboard || std::ranges::find(shown_tables(), last, &ShownTable::name) != shown_tables().end();
  if (shown.runs.size() > 1 &&
      (names_table || (last.find('/') == std::string::npos && !std::filesystem::exists(last)))) {
    shown.table = last;
    shown.runs.pop_back();
  }
  if (shown.table.empty() && shown.runs.size() > 1) shown.table = kLeaderboard;
  return shown;
}

TextTable read_tables(const Asked& shown, TableFormat format) {
  if (shown.table.empty()) return read_main_table(shown.runs.front(), format);
  if (shown.table == kLeaderboard) return leaderboard(shown.runs, format);
  const ShownTable& table = shown_table(shown.table);
  if (shown.runs.size() == 1) return read_shown(shown.runs.front(), table, format);
  std::vector<TextTable> tables;
  for (const std::string& run : shown.runs) tables.push_back(read_shown(run, table, format));
  return join_runs(shown.runs, tables);
}

TableView view_from(const ParsedArguments& parsed) {
  TableView view;
  if (parsed.has("columns")) {
    const auto names = parsed.get<std::string>("columns");
    for (const std::string_view name : split_text(names, ',')) view.columns.emplace_back(name);
  }
  view.sort = parsed.get_or<std::string>("sort", "");
  if (parsed.on("reverse")) view.order = SortOrder::worst_first;
  if (!parsed.has("top")) return view;
  const auto top = parsed.get<std::int64_t>("top");
  if (top < 1) throw ConfigError(fmt::format("--top {} is no number of lines (at least 1)", top));
  view.top = static_cast<std::size_t>(top);
  return view;
}

}  // namespace

std::vector<Offered> offered_tables() {
  std::vector<Offered> tables = {{std::string(kLeaderboard), "one line a run; shown where there are several"}};
  for (const ShownTable& table : shown_tables()) tables.push_back({std::string(table.name), std::string(table.what)});
  return tables;
}

ExitCode show_command(const Command& self, const Arguments& arguments) {
  namespace po = boost::program_options;
  po::options_description options;
  options.add_options()("format,f", po::value<std::string>()->default_value("table"), "table, csv or json")(
      "columns,c", po::value<std::string>(), "these columns, in this order: A,B,C")(
      "sort,s", po::value<std::string>(),
      "by this column: the best first where it is a score (value: score by score), else the smallest")(
      "reverse,r", po::bool_switch(), "the other way round")("top,n", po::value<std::int64_t>(), "only so many lines")(
      "follow", po::bool_switch(), "how far a run is, until it ends");
  const ParsedArguments parsed(self, options, "DIR [TABLE...]", arguments);
  if (parsed.help_printed()) {
    fmt::print("\nTables:\n");
    for (const Offered& table : offered_tables()) fmt::print("  {:<14} {}\n", table.word, table.summary);
    return ExitCode::done;
  }
  const TableFormat format = table_format(parsed.get<std::string>("format"));
  const TableView view = view_from(parsed);
  if (parsed.on("follow")) {
    if (parsed.operands().size() > 1 || parsed.has("columns") || parsed.has("sort") || parsed.has("top"))
      throw ConfigError("--follow shows how far a run is, and no table (leave one of them out)");
    return follow_run(parsed.operand(0));
  }
  const Asked shown = shown_of(parsed);
  const TextTable all = read_tables(shown, format);
  const TextTable table =
      view_of(all, view, is_judged_column(view.sort) ? judges_of(shown.runs) : std::vector<JudgedBy>());
  const TextTable people = view.columns.empty() ? without_empty_columns(table) : table;
  const std::string text =
      format == TableFormat::table ? to_text(people, standard_output(), "--columns or -f csv") : to_text(table, format);
  std::fputs(text.c_str(), stdout);
  return ExitCode::done;
}

}  // namespace jury
