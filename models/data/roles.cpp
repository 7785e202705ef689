#include "models/data/roles.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace jury {
namespace {

std::optional<std::size_t> find_column(const RawTable& table, std::string_view name) {
  for (std::size_t j = 0; j < table.columns.size(); ++j)
    if (table.columns[j].name == name) return j;
  return std::nullopt;
}

[[noreturn]] void no_column(const RawTable& table, std::string_view key, const std::string& name) {
  std::vector<std::string_view> known;
  for (const RawColumn& column : table.columns) known.push_back(column.name);
  throw ConfigError(std::string(key) + " names the column '" + name + "' (" + table.source + " has " +
                    counted(known.size(), "column") + ", none of that name)" + suggestion(name, known));
}

std::size_t column_of(const RawTable& table, std::string_view key, const std::string& name) {
  if (const auto found = find_column(table, name)) return *found;
  no_column(table, key, name);
}

// A name, "last", or an index, counted from the end where it is negative.
std::size_t target_column(const RawTable& table, const std::string& text) {
  if (const auto found = find_column(table, text)) return *found;
  const auto size = static_cast<double>(table.columns.size());
  if (text == "last" && size > 0) return table.columns.size() - 1;
  const auto index = parse_number(text);
  if (!index || *index != std::floor(*index) || *index >= size || *index < -size) no_column(table, "data.target", text);
  return static_cast<std::size_t>(*index < 0 ? *index + size : *index);
}

std::vector<std::size_t> target_columns(const RawTable& table, const DataOptions& options) {
  std::vector<std::size_t> targets;
  for (const std::string& text : options.target.items()) targets.push_back(target_column(table, text));
  if (targets.empty())
    for (const std::string& name : table.targets) targets.push_back(column_of(table, "data.target", name));
  if (targets.empty())
    throw ConfigError("data.target is missing (" + table.source +
                      " does not say which column to predict) name it, or \"last\"");
  return targets;
}

}  // namespace

Roles resolve_roles(const RawTable& table, const DataOptions& options, const std::string& fold_column) {
  std::map<std::size_t, std::string> taken;  // what a column is already
  const auto take = [&](std::size_t column, const std::string& role) {
    const auto [entry, is_new] = taken.try_emplace(column, role);
    if (!is_new)
      throw ConfigError(role + " names the column '" + table.columns[column].name + "' (it is in " + entry->second +
                        " already) a column has one use");
  };
  const auto optional = [&](const std::string& name, const std::string& role) -> std::optional<std::size_t> {
    if (name.empty()) return std::nullopt;
    const std::size_t column = column_of(table, role, name);
    take(column, role);
    return column;
  };
  Roles roles;
  roles.targets = target_columns(table, options);
  for (const std::size_t column : roles.targets) take(column, "data.target");
  roles.weight = optional(options.weight, "data.weight");
  roles.group = optional(options.group, "data.group");
  roles.time = optional(options.time, "data.time");
  roles.fold = optional(fold_column, "cv.column");
  for (const std::string& name : options.ignore) take(column_of(table, "data.ignore", name), "data.ignore");
  for (const std::string& name : options.features) {
    roles.features.push_back(column_of(table, "data.features", name));
    take(roles.features.back(), "data.features");
  }
  if (!options.features.empty()) return roles;
  for (const std::string& name : table.targets)  // never learn from what the format calls a target
    taken.try_emplace(column_of(table, "data.target", name), "data.target");
  for (std::size_t j = 0; j < table.columns.size(); ++j)
    if (!taken.contains(j)) roles.features.push_back(j);
  return roles;
}

std::vector<std::string> named_columns(const DataOptions& options) {
  std::vector<std::string> names;
  for (const std::string& name : options.target.items())
    if (name != "last") names.push_back(name);
  for (const auto* list : {&options.ignore, &options.features, &options.categorical})
    names.insert(names.end(), list->begin(), list->end());
  for (const auto* name : {&options.weight, &options.group, &options.time})
    if (!name->empty()) names.push_back(*name);
  return names;
}

}  // namespace jury
