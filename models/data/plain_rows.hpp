// Rows of delimited text that need no second look, straight into their columns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "models/data/text_columns.hpp"

namespace jury {

/// Reads rows of one line whose cells are decimal numbers, empty, or texts without doubled quotes: nearly all there
/// are. It looks at each character once, takes no memory, and adds to the columns what TextRecords and
/// TextColumn::add() would. Of any other row it takes nothing, so that these two can read it, or say what is wrong with
/// it.
class PlainRows {
 public:
  /// The columns must stay where they are.
  PlainRows(std::span<TextColumn> columns, char separator, const ReadRequest& request);

  /// Takes the row at the front of `text`, which is on this line of the file. The characters it took, with the line's
  /// end; 0: none.
  std::size_t take(std::string_view text, std::uint32_t line);
  /// Gives what is gathered to the columns: before somebody else adds to them, and at the end.
  void flush();

 private:
  bool read_number(const char*& at, const char* end, double& number) const;
  bool read_text(const char*& at, const char* end, std::string_view& cell) const;
  bool is_end_of_cell(char c) const noexcept { return c == separator_ || c == '\n'; }
  const char* behind_blanks(const char* at, const char* end) const noexcept;
  bool step_over_separator(const char*& at, const char* end, bool is_last) const noexcept;

  std::span<TextColumn> columns_;
  char separator_;
  bool blanks_;
  const ReadRequest& request_;
  bool empty_is_missing_;
  bool number_may_be_missing_;
  bool may_be_few_digits_;  // a cell, to be read in the quickest way
  std::vector<char> is_numeric_;
  std::size_t num_numeric_ = 0;
  std::size_t block_rows_;
  std::size_t rows_ = 0;                 // in the block
  std::vector<double> block_;            // (block_rows_, num_numeric_): columns lie far apart in memory
  std::vector<std::string_view> texts_;  // of the row that is being read
};

}  // namespace jury
