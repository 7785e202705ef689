// What the columns of a file are for, where nobody has said so.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "models/data/data_options.hpp"
#include "models/data/raw_table.hpp"

namespace jury {

/// Fills in what `options` leave open: the target, which is the column with a name that targets have ("target",
/// "label", "class", "y", ...), else the last, unless the format says it; and in a file that names its columns those to
/// be ignored, of which almost every row has its own value. Returns what was guessed and why, by path ("data.target").
/// Throws DataError for samples without labels.
std::vector<std::pair<std::string, std::string>> guess_roles(const RawTable& table, DataOptions& options);

}  // namespace jury
