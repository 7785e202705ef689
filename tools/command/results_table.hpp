// The tables of a run as `jury show` prints them and `jury export` writes them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/store/hdf5_child.hpp"
#include "tools/command/print_table.hpp"

namespace jury {

/// A table that has a short name.
struct ShownTable {
  std::string_view name;  ///< "members"
  const char* group;      ///< "/fits"
  std::string_view what;
};

std::span<const ShownTable> shown_tables() noexcept;

/// Throws ConfigError with the nearest known name.
const ShownTable& shown_table(std::string_view name);

/// The columns of a group. Numbers have all their digits, but for people (TableFormat::table) six.
/// Expects columns of one length.
TextTable to_table(const ResultsGroup& group, TableFormat format);

/// The columns of a group whose columns are of several lengths, as one table for each: its name is that of the
/// dimension that counts its rows, or "" where there is one table alone.
struct NamedTable {
  std::string name;
  TextTable table;
};
std::vector<NamedTable> to_tables(const ResultsGroup& group, TableFormat format);

}  // namespace jury
