// From the columns of new rows to their places in a block. For load_new_rows() alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "models/data/column_match.hpp"
#include "models/data/dataset_builder.hpp"
#include "models/data/raw_table.hpp"

namespace jury {

/// The table of a file under the training file's names, and which of its columns is what.
struct MatchedTable {
  RawTable table;
  ColumnMatch match;
};

/// Fills a block with the rows of a table, row 0 at row `first`, taking note of what is odd. Throws
/// DataError for a cell that no feature, target or weight may hold. All must outlive it.
class RowFiller {
 public:
  RowFiller(const DataSchema& schema, const MatchedTable& from, DatasetBuilder& builder, std::size_t first)
      : schema_(schema), table_(from.table), match_(from.match), builder_(builder), first_(first) {}

  void features();
  /// Classes or values, where there are any. Returns the rows of the block whose target is known.
  std::vector<std::uint32_t> targets();
  /// Expects a weight column.
  void weights();
  /// One line each.
  const std::vector<std::string>& notes() const noexcept { return notes_; }

 private:
  void categories(const RawColumn& column, const Feature& feature);
  void numbers(const RawColumn& column, std::size_t place);
  void pixels();
  void labels(const RawColumn& column, std::vector<char>& known);
  void values(const RawColumn& column, std::size_t target, std::vector<char>& known);

  const DataSchema& schema_;
  const RawTable& table_;
  const ColumnMatch& match_;
  DatasetBuilder& builder_;
  std::size_t first_;
  std::size_t next_number_ = 0, next_code_ = 0, num_unknown_ = 0;
  std::vector<std::string> unknown_, notes_;
};

}  // namespace jury
