// Records of cells out of delimited text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace jury {

/// Walks over the records of a text: RFC 4180 with any separator, LF or CRLF, quotes doubled inside
/// quotes, line breaks allowed there; blank lines are skipped and cells are trimmed. The separator
/// kBlanks stands for any run of blanks and tabs, with none at either end counting; no quotes then.
/// Cells are views into the text, or into this object for those with doubled quotes.
class TextRecords {
 public:
  static constexpr char kBlanks = ' ';

  /// `lines_before` is how many lines of the file stand before the text.
  TextRecords(std::string_view text, char separator, std::string source, std::uint32_t lines_before = 0);

  /// Reads the next record's cells; false at the end. Throws DataError at a quote without end.
  bool next(std::vector<std::string_view>& cells);
  /// Line of the last record's start, from 1.
  std::uint32_t line() const noexcept { return line_; }
  void rewind() noexcept;

  /// What is not read yet, and its line.
  std::string_view rest() const noexcept { return text_.substr(at_); }
  std::uint32_t next_line() const noexcept { return next_line_; }
  /// Takes note that somebody else has read a record of one line, with its end, from the front of rest().
  void skip_line(std::size_t size) noexcept {
    at_ += size;
    line_ = next_line_++;
  }

 private:
  std::string_view quoted_cell();

  std::string_view text_;
  char separator_;
  std::string source_;
  std::uint32_t lines_before_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 0;
  std::uint32_t next_line_;
  std::deque<std::string> unquoted_;
};

/// The first separator or line end in [at, end), or end. Eight characters a step.
const char* cell_end(const char* at, const char* end, char separator) noexcept;

/// How often a line ends in a text.
std::size_t count_line_ends(std::string_view text) noexcept;

/// What keeps the cells of a csv apart: comma, semicolon, tab or bar, whichever is most frequent in its first line,
/// outside quotes.
char detect_separator(std::string_view text) noexcept;

/// How much of a text, which may end anywhere, is whole records with their line ends. `separator` as in TextRecords.
std::size_t whole_records(std::string_view text, char separator) noexcept;

/// The text of a file without a byte order mark, which is one at its front alone. Throws DataError for UTF-16 and for
/// binary content.
std::string_view text_of(const char* data, std::size_t size, const std::string& source, std::uint32_t lines_before = 0);

}  // namespace jury
