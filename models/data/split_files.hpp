// Splits that others made: files that list the rows of each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace jury {

/// What one row is in one split.
enum class SplitPart : std::uint8_t { unused, train, test };

/// Where the splits of a cross-validation come from: cv.column, or cv.test_index and cv.train_index.
/// All empty: not from the data.
struct SplitSource {
  std::string column = {};       ///< names the fold that tests each row
  std::string test_index = {};   ///< path with "{}" for the number of the split, from 0
  std::string train_index = {};  ///< the same; empty: all rows that a split does not test
  std::int32_t count = 0;        ///< number of splits; 0: as many as there are test files in a row
};

/// Part of each of `rows` rows in each split, (splits, rows). A file holds row numbers from 0, whole
/// but written in any way ("12", "1.2e+01"), between blanks and line ends; also packed as .gz.
/// Relative paths start at `base`.
///
/// Throws DataError, with file and line, for a file that is missing, empty, or holds what is no row
/// number, a row twice or a row on both sides, and for a split that leaves no row to train on.
std::vector<SplitPart> read_split_files(const SplitSource& source, std::size_t rows,
                                        const std::filesystem::path& base = {});

}  // namespace jury
