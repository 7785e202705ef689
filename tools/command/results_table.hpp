// The tables of a run as `jury show` prints them and `jury export` writes them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/store/hdf5_child.hpp"
#include "search/study/run_results.hpp"
#include "tools/command/print_table.hpp"

namespace jury {

/// A table that has a short name.
struct ShownTable {
  std::string_view name;  ///< "members"
  const char* group;      ///< "/fits"
  std::string_view what;
  std::string_view given_by;  ///< which settings give it; "": every run has it
};

/// What is shown of several runs, a line each: no table of one.
inline constexpr std::string_view kLeaderboard = "leaderboard";

std::span<const ShownTable> shown_tables() noexcept;

/// Throws as refuse_unknown_table().
const ShownTable& shown_table(std::string_view name);

/// Throws ConfigError: there is no such table, with the nearest known name, or all of them.
[[noreturn]] void refuse_unknown_table(std::string_view name, const std::vector<std::string_view>& known);

/// Throws ConfigError: these results lack the table, and what gives it.
[[noreturn]] void refuse_absent_table(const RunResults& results, const ShownTable& table);

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
