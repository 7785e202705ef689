// The results.h5 of a finished run, read as a foreign file.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/store/hdf5_child.hpp"

namespace jury {

/// What a run is read for. Scores of a run that is not finished can be looked at, its ensemble is none yet.
enum class ReadFor : std::uint8_t { prediction, comparison, report, showing, exporting };

/// The results file that a run directory, or the file itself, stands for. Throws ConfigError when there is no run, or
/// no results yet.
std::string results_file_of(const std::string& run);

/// Typed access to the groups and columns of a results file, through the limited child. Whatever is not
/// as search/study/README.md has it is a DataError that names the file.
class RunResults {
 public:
  /// `run` is a run directory or a results file. Throws ConfigError when there is none, or it is of a run
  /// that is not finished and has to be; DataError when it is none of ours or of another version; IoError.
  explicit RunResults(const std::string& run, ReadFor purpose = ReadFor::prediction);

  bool complete() const { return number(root_, "complete") == 1; }
  const std::string& file() const noexcept { return child_->file(); }
  /// What it was opened by: a run directory or a results file.
  const std::string& run() const noexcept { return run_; }
  /// "/".
  const ResultsGroup& root() const noexcept { return root_; }
  ResultsGroup group(const std::string& path) const;
  /// An array by its path, of any number of dimensions, or some places of its first.
  Hdf5Array array_at(const std::string& path, RowRange places = {}) const;
  /// All tables but the stored networks.
  std::vector<ResultsTables> tables() const;
  /// Ends the reading process until more is read.
  void rest() const noexcept { child_->rest(); }
  /// Paths of the groups whose path is `prefix` ("/models/") and a name.
  std::vector<std::string> groups_below(std::string_view prefix) const;
  /// Whether there is a group or array of this path.
  bool has(std::string_view path) const;

  std::int64_t number(const ResultsGroup& group, std::string_view attribute) const;
  std::string text(const ResultsGroup& group, std::string_view attribute) const;
  const Hdf5Array& array(const ResultsGroup& group, std::string_view name) const;
  std::vector<std::string> texts(const ResultsGroup& group, std::string_view column) const;
  /// A column of whole numbers, `size` of them where that is given.
  std::vector<std::int64_t> integers(const ResultsGroup& group, std::string_view column,
                                     std::optional<std::size_t> size = {}) const;

  /// Throws DataError: the file, and why it is of no use.
  [[noreturn]] void damaged(const std::string& why) const;

 private:
  std::string run_;
  std::unique_ptr<Hdf5Child> child_;
  ReadFor purpose_;
  ResultsGroup root_;
  std::vector<Hdf5Entry> entries_;
};

}  // namespace jury
