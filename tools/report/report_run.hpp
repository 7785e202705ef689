// The run that a report is of: what several of its parts want to know.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/config.hpp"
#include "search/study/compared_run.hpp"
#include "search/study/run_results.hpp"

namespace jury {

/// The columns of one table of a results file, all of one length; empty where the file has no such group.
class ReportColumns {
 public:
  ReportColumns() = default;
  /// Reads a group. Throws DataError where its columns differ in length.
  ReportColumns(const RunResults& results, const std::string& group);

  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  bool has(std::string_view name) const noexcept;
  /// A column of numbers; NaN throughout where there is none or it holds texts.
  std::vector<double> numbers(std::string_view name) const;
  /// A column as people read it; "" throughout where there is none.
  std::vector<std::string> texts(std::string_view name) const;
  bool is_text(std::string_view name) const noexcept;
  /// Columns whose names begin so, without that beginning, in their order.
  std::vector<std::string> names_after(std::string_view prefix) const;
  /// Attribute of the group: NaN or "" where there is none.
  double attribute(std::string_view name) const;
  std::string text_attribute(std::string_view name) const;
  /// All of the group, for arrays of more dimensions.
  const ResultsGroup& group() const noexcept { return group_; }

 private:
  const Hdf5Array* column(std::string_view name) const noexcept;

  ResultsGroup group_ = {};
  std::size_t size_ = 0;
};

class ReportRun {
 public:
  /// Reads what is common to all parts. Throws as RunResults does.
  explicit ReportRun(const std::string& path);

  RunResults results;
  std::string path;
  std::string name;  ///< of its experiment
  std::string hash;  ///< first 8 digits of its identity
  Config settings;   ///< with all defaults
  ReportColumns selection, trials, fits, overall;
  Outcome outcome = Outcome::classes;
  bool has_data = false;             ///< false of a search over a function
  std::vector<std::string> outputs;  ///< classes or targets
  std::string metric;                ///< what it is judged by: a score, or the function that is searched
  std::string source, combine;
  bool maximizes = false;
  std::int64_t chosen = 0;

  /// Row of the chosen trial in /trials, or their number.
  std::size_t chosen_row() const;
  /// What a search was for, the first first: it chooses.
  std::vector<std::string> objectives() const;
  /// "log_loss, out of fold".
  std::string metric_and_source() const;
  /// Predictions of "oof", "test" or "oob" as read_rows() has them, or null. Read at the first call.
  const ComparedRows* rows(const std::string& source) const;

 private:
  mutable std::map<std::string, std::optional<ComparedRows>> rows_ = {};
};

/// "out of fold", "out of bag", "on the test set".
std::string source_name(std::string_view source);

/// The metric is better the larger it is; false where it is unknown.
bool is_maximized(std::string_view metric, std::string_view otherwise);

}  // namespace jury
