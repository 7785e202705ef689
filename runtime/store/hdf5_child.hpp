// Reads HDF5 in a limited process of its own, so that no file can crash or hang this one.
//
// The child is this very program, started anew with a hidden sub-command, without MPI's and Slurm's
// variables, with bounded memory and time. It is asked and answers through a socket, in plain numbers.
#pragma once

#include <cstdint>
#include <memory>
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

/// Where the child finds the socket to its parent.
inline constexpr int kChildSocket = 3;

struct ChildOptions {
  std::string program = "/proc/self/exe";               ///< what plays the child
  std::uint64_t max_bytes = std::uint64_t{4} << 30;     ///< of an answer
  std::uint64_t memory_bytes = std::uint64_t{8} << 30;  ///< address space beyond what it starts with
  double seconds = 120;  ///< without a word, and of processor time for an answer: of that at most 5 and 0.1 for each
                         ///< MB of the file
};

/// A group of a results file: its attributes, and its arrays in the order they were written.
struct ResultsGroup {
  Attributes attributes;
  std::vector<Hdf5Array> arrays;

  /// The array of this name ("value"), or null.
  const Hdf5Array* find(std::string_view name) const noexcept;
};

/// A group by its path.
struct ResultsTables {
  std::string path;  ///< "/ensemble/overall"
  ResultsGroup group;
};

/// One HDF5 file, and the child that reads it: started with the first question, it answers those that follow as well,
/// and after one it could not answer another is started. All questions throw DataError when the file or what is asked
/// for is not such, or the child crashed, hung or grew too large; IoError when the file cannot be opened or the child
/// cannot be started. For one thread at a time.
class Hdf5Child {
 public:
  explicit Hdf5Child(std::string file, ChildOptions options = {});
  Hdf5Child(Hdf5Child&& other) noexcept;
  Hdf5Child& operator=(Hdf5Child&& other) noexcept;
  ~Hdf5Child();

  const std::string& file() const noexcept;

  /// Paths of all arrays and groups.
  std::vector<Hdf5Entry> list_all();
  /// An array of the kinds Hdf5Reader::read_foreign() takes.
  Hdf5Array read_foreign(const std::string& path, RowRange rows = {});
  /// "/trials" or "/" of one of our own results files; groups below it are not read.
  ResultsGroup read_group(const std::string& group);
  /// Every group of one of our own results files but "/", `leave_out` ("/models") and those below it: its attributes,
  /// and its arrays of one dimension.
  std::vector<ResultsTables> read_tables(const std::string& leave_out);
  /// diff_results() of this file and another.
  std::vector<Hdf5Difference> differences_from(const std::string& other);

  /// Ends the child until the next question.
  void rest() noexcept;

 private:
  class Conversation;
  std::unique_ptr<Conversation> conversation_;
};

/// The child's side: limits itself, answers what it is asked through the socket it inherited until that is closed or
/// something cannot be answered, and returns the exit code.
int serve_hdf5(std::span<const std::string> arguments);

}  // namespace jury
