// From the [data] section to a dataset.
#pragma once

#include <cstdint>
#include <filesystem>

#include "models/data/data_options.hpp"
#include "models/data/dataset.hpp"
#include "models/data/raw_table.hpp"
#include "runtime/base/bytes.hpp"

namespace jury {

struct LoadOptions {
  std::filesystem::path base = {};       ///< folder that relative paths start from; empty: the current one
  SplitSource splits = {};               ///< of a cross-validation, where the data bring them
  std::uint64_t memory_limit_bytes = 0;  ///< refuse data that needs more; 0: what the machine has left
};

/// Reads the training file (and the test file) or draws from the generator, and returns the block
/// of a Dataset. `seed` is the study's root seed; only test_fraction and generators use it.
///
/// The task, where `auto`: classification when the targets are texts, the labels of an image set, or
/// at most 20 different whole numbers; else regression. Classes are in the order of the numbers, of
/// an ARFF file's declaration, or of the alphabet. Categories likewise.
///
/// A column is numeric when it has more numbers than texts; a text in it is then an error. It is
/// left out, with a warning, when it has one value in the whole training file, unless the samples
/// have a shape.
///
/// Index files number the rows of the training file, so all of them must be training rows.
///
/// Throws DataError for a file that is missing, damaged, ragged or does not hold what its kind must;
/// ConfigError for options that do not fit the file.
Bytes load_dataset(const DataOptions& options, std::uint64_t seed, const LoadOptions& load = {});

/// The training file as it stands, its rows and columns in their order: options.train read by format, header, missing
/// and categorical. Targets that the format keeps apart may be absent. "-" is standard input, whose format must be
/// said. Throws DataError and ConfigError.
RawTable read_training_file(const DataOptions& options);

/// A fresh draw of `options.rows` training rows from the generator with the random stream of this
/// key (see stream_key()): the training set of one replicate. Expects options.generator.
Bytes generate_replicate(const DataOptions& options, std::uint64_t stream);

}  // namespace jury
