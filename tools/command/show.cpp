// jury show: the tables of a run.
#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <cstdio>
#include <filesystem>

#include "runtime/base/text.hpp"
#include "runtime/store/hdf5_child.hpp"
#include "tools/command/command.hpp"
#include "tools/command/follow.hpp"
#include "tools/command/print_table.hpp"

namespace jury {
namespace {

struct ShownTable {
  std::string_view name;
  const char* group;
  std::string_view what;
};
constexpr ShownTable kTables[] = {
    {"summary", "/ensemble/overall", "scores of the ensemble and of its members"},
    {"trials", "/trials", "one line a configuration"},
    {"selected", "/selection/joined", "trials that make the final predictor, and their weights (final.trials)"},
    {"folds", "/ensemble/folds", "one line a fold"},
    {"bootstrap", "/ensemble/bootstrap", "errors on rows trained on and left out (cv.method bootstrap_632, 632plus)"},
    {"members", "/fits", "one line a trained member"},
    {"bias_variance", "/bias_variance/overall", "one line a decomposition"},
    {"calibration", "/calibration/reliability", "what was said and met, before and after (final.calibrate)"},
    {"coverage", "/conformal/coverage", "intervals or sets, promised and met (final.conformal)"},
    {"by_size", "/ensemble/by_size", "scores against the number of members"},
    {"train_sizes", "/bias_variance/by_train_size", "bias and variance against the size of the training set"},
    {"sources", "/bias_variance/sources", "what each crossed source adds to the variance"},
    {"diversity", "/diversity/overall", "how differently members err"},
    {"suspects", "/data_value/suspects", "training rows that are most likely mislabelled"},
    {"timing", "/timing/ranks", "what each rank did, how busy it was, and its memory at most (bytes)"},
    {"utilisation", "/timing/utilisation", "how busy the ranks were, in slices of each session"},
    {"tasks", "/timing/tasks", "where and when each task ran"},
};

const ShownTable& table_called(std::string_view name) {
  std::vector<std::string_view> known;
  for (const ShownTable& table : kTables) {
    if (table.name == name) return table;
    known.push_back(table.name);
  }
  throw ConfigError(fmt::format("there is no table '{}'{}", name, suggestion(name, known)));
}

std::string cell_of(const Hdf5Array& array, std::size_t row, TableFormat format) {
  const bool real = array.type == ElementType::float64 || array.type == ElementType::float32;
  return real && format == TableFormat::table ? cell(array.number(row)) : array.cell(row);
}

TextTable to_table(const ResultsGroup& group, TableFormat format) {
  TextTable table;
  std::size_t rows = 0;
  std::vector<const Hdf5Array*> columns;
  for (const Hdf5Array& array : group.arrays) {
    if (array.is_dimension() || array.dims.size() != 1) continue;
    columns.push_back(&array);
    rows = array.size();
    table.header.push_back(array.path.substr(array.path.rfind('/') + 1));
  }
  for (std::size_t row = 0; row < rows; ++row) {
    table.rows.emplace_back();
    for (const Hdf5Array* column : columns) table.rows.back().push_back(cell_of(*column, row, format));
  }
  return table;
}

// Columns without a single entry say nothing on a terminal.
TextTable without_empty_columns(const TextTable& table) {
  TextTable kept;
  kept.rows.resize(table.rows.size());
  for (std::size_t c = 0; c < table.header.size(); ++c) {
    bool empty = true;
    for (const auto& row : table.rows) empty = empty && (row[c].empty() || row[c] == "-1");
    if (empty && !table.rows.empty()) continue;
    kept.header.push_back(table.header[c]);
    for (std::size_t r = 0; r < table.rows.size(); ++r) kept.rows[r].push_back(table.rows[r][c]);
  }
  return kept;
}

void print_shown(const std::string& place, const ShownTable& shown, TableFormat format) {
  if (!std::filesystem::exists(place))
    throw ConfigError(fmt::format("there is no run at '{}' (name a run directory or a results.h5)", place));
  const std::string file = std::filesystem::is_directory(place) ? place + "/results.h5" : place;
  if (!std::filesystem::exists(file))
    throw ConfigError(fmt::format("'{}' has no results yet ('jury resume {} --results-only' makes them from a journal, 'jury show {} --follow' "
                                  "shows how far it is)", place, place, place));
  const TextTable table = to_table(read_results_group(file, shown.group), format);
  std::fputs(to_text(format == TableFormat::table ? without_empty_columns(table) : table, format).c_str(), stdout);
}

}  // namespace

ExitCode show_command(const Command& self, const Arguments& arguments) {
  namespace po = boost::program_options;
  po::options_description options;
  options.add_options()("format,f", po::value<std::string>()->default_value("table"), "table, csv or json")("follow", po::bool_switch(), "how far a run is, until it ends");
  const ParsedArguments parsed(self, options, "DIR [TABLE]", arguments);
  if (parsed.help_printed()) {
    fmt::print("\nTables:\n");
    for (const ShownTable& table : kTables) fmt::print("  {:<14} {}\n", table.name, table.what);
    return ExitCode::done;
  }
  const TableFormat format = table_format(parsed.get<std::string>("format"));
  const std::string directory = parsed.operand(0), name = parsed.operand(1);
  if (parsed.on("follow")) {
    if (!name.empty()) throw ConfigError(fmt::format("--follow shows how far a run is, and no table '{}' (leave one of them out)", name));
    return follow_run(directory);
  }
  print_shown(directory, table_called(name.empty() ? "summary" : name), format);
  return ExitCode::done;
}

}  // namespace jury
