// The tables of a run as an export reads them: columns by name, and when its trials ran.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "search/study/run_results.hpp"

namespace jury {

/// The columns of one group, all of one length; without any where the run has no such group.
class RunTable {
 public:
  /// Throws DataError where they are of several lengths.
  RunTable(const RunResults& results, const std::string& group);

  std::size_t size() const noexcept { return size_; }
  bool has(std::string_view name) const noexcept { return column(name) != nullptr; }
  bool is_text(std::string_view name) const noexcept;
  /// NaN throughout where there is no such column of numbers.
  std::vector<double> numbers(std::string_view name) const;
  /// -1 throughout where there is no such column.
  std::vector<std::int64_t> indices(std::string_view name) const;
  /// "" throughout where there is no such column.
  std::vector<std::string> texts(std::string_view name) const;
  /// What follows `prefix` in the names of columns that begin so.
  std::vector<std::string> names_after(std::string_view prefix) const;
  /// Of the group: NaN or "" where there is none.
  double number(std::string_view attribute) const;
  std::string text(std::string_view attribute) const;

 private:
  const Hdf5Array* column(std::string_view name) const noexcept;

  ResultsGroup group_ = {};
  std::size_t size_ = 0;
};

/// A trial of a search: outer fold (-1: the main search) and number.
using TrialId = std::pair<std::int64_t, std::int64_t>;

/// From the start of the first task of a trial to the end of its last, in seconds of Unix time.
struct TrialTime {
  double begin = 0, end = 0;
};

/// Of all trials that did a task, from /timing and /provenance. Without those the result has none: see time_of().
std::map<TrialId, TrialTime> trial_times(const RunResults& results);

/// That of a trial; of one that is not there the start of the first that is, or the beginning of 1970.
TrialTime time_of(const std::map<TrialId, TrialTime>& times, const TrialId& trial);

/// The experiment's name, or that of the folder of the results.
std::string name_of_run(const RunResults& results);

}  // namespace jury
