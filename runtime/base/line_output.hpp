// Lines for another program, written without ever waiting for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>

namespace jury {

/// Writes whole lines, in their order. A reader that is slow costs memory (64 MiB at most, then lines are dropped and
/// counted), one that has gone away costs nothing: the lines after that are nobody's. Ignores SIGPIPE for the whole
/// process from its making on. One thread.
class LineOutput {
 public:
  /// Writes to what this descriptor refers to. Throws IoError when it refers to nothing.
  explicit LineOutput(int fd);
  ~LineOutput();
  LineOutput(const LineOutput&) = delete;
  LineOutput& operator=(const LineOutput&) = delete;

  /// Takes a line, without its end, and writes what can be written now.
  void add(std::string line);
  /// Writes what can be written now.
  void pump();
  /// The same for so long, until all is written.
  void finish(double seconds);

  /// Lines that were dropped since the last call, because nobody read.
  std::uint64_t take_dropped() noexcept;
  /// Why nothing can be written any more, but for a reader that went away; "" while it can.
  const std::string& error() const noexcept { return error_; }

 private:
  bool write_some();

  int fd_ = -1;
  std::deque<std::string> lines_;
  std::size_t written_ = 0;  // of the first line
  std::size_t waiting_bytes_ = 0;
  std::uint64_t dropped_ = 0;
  bool gone_ = false;
  std::string error_;
};

}  // namespace jury
