// Reads HDF5 in a limited process of its own, so that no file can crash or hang this one.
//
// The child is this very program, started anew with a hidden sub-command, without MPI's and Slurm's
// variables, with bounded memory and time. It sends plain numbers through a pipe.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/store/hdf5_diff.hpp"
#include "runtime/store/hdf5_reader.hpp"

namespace jury {

/// The hidden sub-command: `main` of a program that uses this header must end with
/// `return serve_hdf5(<arguments after it>)` when it is its first argument, before it does anything else.
inline constexpr std::string_view kReadHdf5Command = "__read-hdf5";

/// Where the child finds the pipe to its parent.
inline constexpr int kChildPipe = 3;

struct ChildOptions {
  std::string program = "/proc/self/exe";               ///< what plays the child
  std::uint64_t max_bytes = std::uint64_t{4} << 30;     ///< of all that it sends
  std::uint64_t memory_bytes = std::uint64_t{8} << 30;  ///< address space beyond what it starts with
  double seconds = 120;  ///< without a word, and of processor time: of that at most 5 and 0.1 for each MB of the file
};

/// An array of a foreign file, of the kinds Hdf5Reader::read_foreign() takes. Throws DataError when
/// the file or array is not such, or the child crashed, hung or grew too large; IoError when the file
/// cannot be opened or the child cannot be started.
Hdf5Array read_foreign_array(const std::string& file, const std::string& path, const ChildOptions& options = {},
                             RowRange rows = {});

/// Paths of all arrays and groups in a file. Throws as above.
std::vector<Hdf5Entry> list_hdf5(const std::string& file, const ChildOptions& options = {});

/// A group of a results file: its attributes, and its arrays in the order they were written.
struct ResultsGroup {
  Attributes attributes;
  std::vector<Hdf5Array> arrays;

  /// The array of this name ("value"), or null.
  const Hdf5Array* find(std::string_view name) const noexcept;
};

/// Reads "/trials" or "/" of one of our own results files; groups below it are not read. Throws as
/// above, and DataError when the file is not ours or has no such group.
ResultsGroup read_results_group(const std::string& file, const std::string& group, const ChildOptions& options = {});

/// A group by its path.
struct ResultsTables {
  std::string path;  ///< "/ensemble/overall"
  ResultsGroup group;
};

/// Every group of one of our own results files but "/", `leave_out` ("/models") and those below it: its attributes, and
/// its arrays of one dimension. One child reads them all. Throws as above.
std::vector<ResultsTables> read_results_tables(const std::string& file, const std::string& leave_out,
                                               const ChildOptions& options = {});

/// diff_results() of two files, in the child. Throws as above.
std::vector<Hdf5Difference> diff_results_files(const std::string& a, const std::string& b,
                                               const ChildOptions& options = {});

/// The child's side: limits itself, does what the arguments say, streams the answer to the pipe it
/// inherited, and returns the exit code.
int serve_hdf5(std::span<const std::string> arguments);

}  // namespace jury
