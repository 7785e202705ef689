#include "models/data/guess_roles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

using Reasons = std::vector<std::pair<std::string, std::string>>;

std::string lower_case(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

void guess_target(const RawTable& table, DataOptions& options, Reasons& reasons) {
  static constexpr std::array<std::string_view, 8> kNames = {"target",  "label",    "class",     "y",
                                                             "outcome", "response", "diagnosis", "species"};
  if (!options.target.empty() || !table.targets.empty()) return;
  for (const std::string_view name : kNames)
    for (const RawColumn& column : table.columns)
      if (table.named && lower_case(column.name) == name) {
        options.target = {column.name};
        reasons.emplace_back("data.target", "guessed by its name");
        return;
      }
  options.target = {table.named ? table.columns.back().name : std::string("last")};
  reasons.emplace_back("data.target", "guessed: the last column");
}

bool is_target(const DataOptions& options, const std::string& name) {
  return std::ranges::find(options.target.items(), name) != options.target.items().end();
}

// Columns that number or name the rows: a model learns them by heart.
void ignore_names_of_rows(const RawTable& table, DataOptions& options, Reasons& reasons) {
  static constexpr std::array<std::string_view, 6> kNumbers = {"id", "index", "row", "rowid", "row_id", "unnamed: 0"};
  static constexpr std::size_t kFewTexts = 50;
  if (!table.named || !options.ignore.empty() || !options.features.empty()) return;
  for (const RawColumn& column : table.columns) {
    const std::set<std::string> used = {options.weight, options.group, options.time};
    if (is_target(options, column.name) || used.contains(column.name)) continue;
    const bool numbers_rows = column.kind == FeatureKind::numeric &&
                              std::ranges::find(kNumbers, lower_case(column.name)) != kNumbers.end() &&
                              std::set<double>(column.numbers.begin(), column.numbers.end()).size() == table.num_rows;
    const bool names_rows =
        column.kind == FeatureKind::categorical && column.vocabulary.size() > std::max(kFewTexts, table.num_rows / 2);
    if (numbers_rows || names_rows) options.ignore.push_back(column.name);
  }
  if (!options.ignore.empty())
    reasons.emplace_back("data.ignore", "almost every row has its own value: names, not properties");
}

}  // namespace

std::vector<std::pair<std::string, std::string>> guess_roles(const RawTable& table, DataOptions& options) {
  if (table.columns.empty())
    throw DataError(
        fmt::format("{}: has no labels (there is nothing to predict) name the file that has them", table.source));
  Reasons reasons;
  guess_target(table, options, reasons);
  ignore_names_of_rows(table, options, reasons);
  return reasons;
}

}  // namespace jury
