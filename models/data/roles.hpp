// Which column of a file is what.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "models/data/data_options.hpp"
#include "models/data/raw_table.hpp"

namespace jury {

/// Positions of columns in RawTable::columns.
struct Roles {
  std::vector<std::size_t> features;
  std::vector<std::size_t> targets;
  std::optional<std::size_t> weight;
  std::optional<std::size_t> group;
  std::optional<std::size_t> time;
  std::optional<std::size_t> fold;  ///< of a cross-validation
};

/// Resolves the names and indices of the options, and cv.column where it is not empty. Throws ConfigError for a column
/// that is not there (with the nearest name), that has two roles, or for a target that is among the features.
Roles resolve_roles(const RawTable& table, const DataOptions& options, const std::string& fold_column = {});

/// The columns that options give a role by name: a first line that holds one is a header.
std::vector<std::string> named_columns(const DataOptions& options);

}  // namespace jury
