// What `jury show` shows: a table of one run, of several, or the runs themselves.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tools/command/print_table.hpp"
#include "tools/command/results_table.hpp"

namespace jury {

/// The columns of that table in a run directory or a results.h5, in their order. Throws ConfigError where there is no
/// run, no result yet or no such table in it, DataError for a damaged file.
TextTable read_shown(const std::string& run, const ShownTable& shown, TableFormat format);

/// What a run is about, where no table is asked for: its scores, else its decompositions, else its trials, the first
/// of them that has a line. Throws as read_shown().
TextTable read_main_table(const std::string& run, TableFormat format);

/// The tables of several runs as one, after a column "run"; columns that a run lacks are empty there.
TextTable join_runs(std::span<const std::string> runs, std::span<const TextTable> tables);

/// One line a run: name, hash, state, what it is judged by, the value with its standard error, the honest value of a
/// search, trials, fits, and every score that a run has. Throws as read_shown().
TextTable leaderboard(std::span<const std::string> runs, TableFormat format);

enum class SortOrder : std::uint8_t { best_first, worst_first };

/// Which part of a table, in which order.
struct TableView {
  std::vector<std::string> columns = {};  ///< these, in this order; none: all
  std::string sort = {};                  ///< the column to sort by; "": as it is
  SortOrder order =
      SortOrder::best_first;  ///< best: as the metric of that name has it, else the smallest number or text
  std::size_t top = 0;        ///< only so many lines; 0: all
};

/// What a run is judged by: of which score its "value" and "honest_value" are.
struct JudgedBy {
  std::string run;
  std::string metric;
  bool maximizes = false;
};

/// As each of these runs has it. Throws as read_shown().
std::vector<JudgedBy> judges_of(std::span<const std::string> runs);

/// Empty cells come last. Values of several scores cannot be compared: they are sorted score by score, each by its own
/// direction. `judges`: of one run that of every line, of several by the column "run"; needed for such columns alone.
/// Throws ConfigError for a column that is none, with a suggestion.
TextTable view_of(const TextTable& table, const TableView& view, std::span<const JudgedBy> judges = {});

/// Whether a column holds what runs are judged by.
bool is_judged_column(std::string_view name) noexcept;

/// Columns without a single entry say nothing to people.
TextTable without_empty_columns(const TextTable& table);

}  // namespace jury
