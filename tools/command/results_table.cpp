#include "tools/command/results_table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace jury {
namespace {

constexpr ShownTable kTables[] = {
    {"summary", "/ensemble/overall", "scores of the ensemble and of its members", "data to learn from"},
    {"trials", "/trials", "one line a configuration", ""},
    {"selected", "/selection/joined", "trials that make the final predictor, and their weights (final.trials)",
     "final.trials = \"selection\""},
    {"folds", "/ensemble/folds", "one line a fold", "a [cv] section"},
    {"bootstrap", "/ensemble/bootstrap", "errors on rows trained on and left out (cv.method bootstrap_632, 632plus)",
     "cv.method = \"bootstrap_632\""},
    {"members", "/fits", "one line a trained member", "data to learn from"},
    {"bias_variance", "/bias_variance/overall", "one line a decomposition",
     "a [bias_variance] section, or a bagged ensemble"},
    {"calibration", "/calibration/reliability", "what was said and met, before and after (final.calibrate)",
     "final.calibrate"},
    {"coverage", "/conformal/coverage", "intervals or sets, promised and met (final.conformal)", "final.conformal"},
    {"by_size", "/ensemble/by_size", "scores against the number of members", "an [ensemble] section"},
    {"train_sizes", "/bias_variance/by_train_size", "bias and variance against the size of the training set",
     "bias_variance.train_sizes"},
    {"sources", "/bias_variance/sources", "what each crossed source adds to the variance", "bias_variance.sources"},
    {"diversity", "/diversity/overall", "how differently members err", "an ensemble of several members"},
    {"suspects", "/data_value/suspects", "training rows that are most likely mislabelled", "a bagged ensemble"},
    {"timing", "/timing/ranks", "what each rank did, how busy it was, and its memory at most (bytes)", ""},
    {"utilisation", "/timing/utilisation", "how busy the ranks were, in slices of each session", ""},
    {"tasks", "/timing/tasks", "where and when each task ran", ""},
};

std::string cell_of(const Hdf5Array& array, std::size_t row, TableFormat format) {
  const bool real = array.type == ElementType::float64 || array.type == ElementType::float32;
  return real && format == TableFormat::table ? cell(array.number(row)) : array.cell(row);
}

std::string last_part(const std::string& path) { return path.substr(path.rfind('/') + 1); }

bool is_column(const Hdf5Array& array) noexcept { return !array.is_dimension() && array.dims.size() == 1; }

TextTable table_of(const std::vector<const Hdf5Array*>& columns, TableFormat format) {
  TextTable table;
  for (const Hdf5Array* column : columns) table.header.push_back(last_part(column->path));
  const std::size_t rows = columns.empty() ? 0 : columns.front()->size();
  for (std::size_t row = 0; row < rows; ++row) {
    table.rows.emplace_back();
    for (const Hdf5Array* column : columns) table.rows.back().push_back(cell_of(*column, row, format));
  }
  return table;
}

}  // namespace

std::span<const ShownTable> shown_tables() noexcept { return kTables; }

const ShownTable& shown_table(std::string_view name) {
  std::vector<std::string_view> known = {kLeaderboard};
  for (const ShownTable& table : kTables) {
    if (table.name == name) return table;
    known.push_back(table.name);
  }
  refuse_unknown_table(name, known);
}

void refuse_unknown_table(std::string_view name, const std::vector<std::string_view>& known) {
  const std::string near = nearest_suggestion(name, known);
  throw ConfigError(fmt::format("there is no table '{}'{}", name,
                                near.empty() ? fmt::format(" (known: {})", fmt::join(known, ", ")) : near));
}

void refuse_absent_table(const RunResults& results, const ShownTable& table) {
  if (table.given_by.empty()) results.damaged(fmt::format("it lacks {}", table.group));
  const char* why = results.complete() ? "its experiment did not ask for it"
                                       : "its experiment did not ask for it, or it comes at the end";
  throw ConfigError(
      fmt::format("'{}' has no table '{}' ({}) {} gives one", results.run(), table.name, why, table.given_by));
}

TextTable to_table(const ResultsGroup& group, TableFormat format) {
  std::vector<const Hdf5Array*> columns;
  for (const Hdf5Array& array : group.arrays)
    if (is_column(array)) columns.push_back(&array);
  return table_of(columns, format);
}

std::vector<NamedTable> to_tables(const ResultsGroup& group, TableFormat format) {
  std::vector<std::size_t> lengths;  // in the order of their first columns
  for (const Hdf5Array& array : group.arrays)
    if (is_column(array) && std::ranges::find(lengths, array.size()) == lengths.end()) lengths.push_back(array.size());
  std::vector<NamedTable> tables;
  for (const std::size_t length : lengths) {
    std::vector<const Hdf5Array*> columns;
    for (const Hdf5Array& array : group.arrays)
      if (is_column(array) && array.size() == length) columns.push_back(&array);
    const auto rows = std::ranges::find_if(
        group.arrays, [&](const Hdf5Array& array) { return array.is_dimension() && array.size() == length; });
    const bool alone = lengths.size() == 1;
    std::string name = alone ? "" : rows == group.arrays.end() ? fmt::format("{}", length) : last_part(rows->path);
    tables.push_back({.name = std::move(name), .table = table_of(columns, format)});
  }
  return tables;
}

}  // namespace jury
