// Columns gathered cell by cell from text, their kinds found out on the way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "models/data/raw_table.hpp"
#include "models/data/reader.hpp"

namespace jury {

/// The number a cell holds, single quotes around it taken off.
struct CellNumber {
  bool is_number = false;
  double value = 0;
};
CellNumber number_of(std::string_view cell) noexcept;

/// Text without a pair of single quotes around it.
std::string_view without_quotes(std::string_view cell) noexcept;

/// One column of a text file. As numbers it takes note of texts it meets; as texts it takes all.
/// The views it is given must stay valid.
class TextColumn {
 public:
  enum class Certainty { guessed, settled };
  TextColumn(std::string name, FeatureKind kind, Certainty certainty);

  /// Throws DataError where a numeric column meets a text or something infinite, if its kind is
  /// settled.
  void add(std::string_view cell, std::uint32_t line, const ReadRequest& request);
  /// The same for `rows` numbers, NaN where the cell is missing, each `stride` behind the one before. Expects a numeric
  /// column.
  void add_numbers(const double* numbers, std::size_t rows, std::size_t stride);
  void reserve(std::size_t rows);
  FeatureKind kind() const noexcept { return column_.kind; }
  /// Whether a column guessed to be numeric turned out to be of texts: to be read again as such.
  bool was_wrong() const noexcept;
  /// Its problem, if any, is the first text among a majority of numbers, or an infinite number.
  RawColumn finish(const std::vector<std::uint32_t>& lines, const ReadRequest& request) &&;

 private:
  std::string place_of(std::string_view cell, std::uint32_t line, const ReadRequest& request) const;
  std::string text_problem(std::string_view cell, std::uint32_t line, const ReadRequest& request) const;
  void report(const std::string& problem);

  RawColumn column_;
  Certainty certainty_;
  std::size_t num_numbers_ = 0;
  std::size_t num_texts_ = 0;
  std::string_view first_text_;
  std::uint32_t first_line_ = 0;
  std::unordered_map<std::string_view, std::uint32_t> codes_;  // looked up, never walked
};

}  // namespace jury
