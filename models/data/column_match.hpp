// Which column of a new file is which of the training file. For load_new_rows() alone.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "models/data/dataset.hpp"
#include "models/data/raw_table.hpp"

namespace jury {

/// Positions of columns in RawTable::columns.
struct ColumnMatch {
  std::vector<std::size_t> features = {};  ///< one per feature of the schema; empty where pixels are the features
  std::vector<std::size_t> targets = {};   ///< one per target, or none
  std::optional<std::size_t> weight = {};
  std::vector<std::string> extra = {};  ///< names of columns that the training file does not have
};

/// Gives the columns the names of the training file by their places, unless both files name their own.
/// Throws DataError when there are not as many as in the training file, with or without its targets,
/// nor as there are features.
void name_by_place(RawTable& table, const DataSchema& schema);

/// Throws DataError, naming all features that are not there, and for pixels of another size.
ColumnMatch match_columns(const RawTable& table, const DataSchema& schema, const std::string& weight);

}  // namespace jury
