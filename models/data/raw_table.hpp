// What a reader makes of a file, before anybody decides which column is what.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "models/data/dataset.hpp"

namespace jury {

/// One column of a file: numbers, or codes into the texts that occur.
struct RawColumn {
  std::string name;
  FeatureKind kind = FeatureKind::numeric;
  std::vector<double> numbers = {};          ///< numeric: NaN = missing
  std::vector<std::uint32_t> codes = {};     ///< categorical: kMissingCode = missing
  std::vector<std::string> vocabulary = {};  ///< each text once
  bool ordered = false;                      ///< the vocabulary's order is the file's own
  std::string problem = {};                  ///< a cell that is wrong: an error where the column is used

  bool is_missing(std::size_t row) const {
    return kind == FeatureKind::numeric ? std::isnan(numbers[row]) : codes[row] == kMissingCode;
  }
};

/// The columns of a file; of an image set also its pixels, which are not columns.
struct RawTable {
  std::string source;  ///< the file, for messages
  std::size_t num_rows = 0;
  std::vector<RawColumn> columns = {};
  bool named = false;                     ///< the file itself names its columns
  std::vector<std::uint8_t> pixels = {};  ///< (num_rows, product of shape), row-major
  std::vector<std::int64_t> shape = {};   ///< of a sample, where the file says so
  std::vector<std::string> targets = {};  ///< the columns that the format itself makes targets
  bool labelled = false;                  ///< those targets are labels of classes
  std::vector<std::uint32_t> lines = {};  ///< line of each row, from 1; empty when rows are no lines
  std::uint64_t rows_before = 0;          ///< rows of the file that stand before these
  std::size_t num_validation = 0;         ///< rows of the file's own parts: training rows come first, then
  std::size_t num_test = 0;               ///< validation rows, then test rows

  /// "file:line" of a row, or "file: row n".
  std::string place(std::size_t row) const {
    if (row < lines.size()) return source + ":" + std::to_string(lines[row]);
    return source + ": row " + std::to_string(rows_before + row);
  }
};

inline constexpr double kMissingNumber = std::numeric_limits<double>::quiet_NaN();

}  // namespace jury
