// Rows that come after the training, read for models that are there already.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/data/data_options.hpp"
#include "models/data/dataset.hpp"
#include "models/data/load.hpp"
#include "models/data/row_pieces.hpp"
#include "runtime/base/bytes.hpp"

namespace jury {

/// What new rows have to look like: the data that the models were fitted on.
struct TrainedOn {
  DataSchema schema;
  Storage storage = Storage::f32;
  std::size_t num_train = 0;  ///< training rows, which the test rows stood behind
};

/// New rows. They are the test set of the block; before them stand fewer than `phase` blank rows, so that row i of the
/// file has the place in blocks of `phase` rows that test row i had.
struct NewRows {
  Bytes block;
  std::uint64_t rows_before = 0;           ///< of the file, in the pieces before
  std::vector<std::uint32_t> scored = {};  ///< rows of the dataset whose target is known, ascending
  std::vector<std::string> notes = {};     ///< what the user should know, one line each
};

/// Reads options.train as rows of the schema, in the order of the file; all its parts, where it has
/// several. Of the options only train, format, header, missing and weight count.
///
/// Columns are matched by name, in any order. Columns that the training file did not have are left out,
/// with a note. Where the file or the training file names no columns they are matched by place: there
/// must be as many as in the training file, or as many without its targets, or as there are features.
/// A text that a vocabulary lacks is kMissingCode, counted in a note. Targets may be absent, or missing
/// in some rows, or of a class that no model knows (noted): such rows are not scored. The weight column
/// is used where there is one and rows are scored.
///
/// Throws DataError for a file that is missing, damaged or empty, that lacks features (all are named),
/// or holds a cell that a feature cannot; ConfigError for options that do not fit the file.
NewRows load_new_rows(const TrainedOn& like, const DataOptions& options, std::size_t phase,
                      const LoadOptions& load = {});

/// The same of one piece of the file after the other.
class NewRowReader {
 public:
  /// All must outlive it. The path of `options` is not opened, but named.
  NewRowReader(const TrainedOn& like, const DataOptions& options, std::size_t phase, std::unique_ptr<RowPieces> pieces,
               LoadOptions load = {});

  /// The rows of the next piece; nothing behind the last. Throws as load_new_rows().
  std::optional<NewRows> next();

 private:
  const TrainedOn& like_;
  const DataOptions& options_;
  std::size_t phase_;
  std::unique_ptr<RowPieces> pieces_;
  LoadOptions load_;
  std::uint64_t rows_before_ = 0;
};

}  // namespace jury
