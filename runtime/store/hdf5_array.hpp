// Reads one dataset after it is clear that this is safe. For this layer's own sources only.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/store/hdf5_library.hpp"
#include "runtime/store/hdf5_reader.hpp"

namespace jury::hdf5 {

/// Whose file it is: what may be in an array.
enum class Source { ours, foreign };

struct ArrayRules {
  Source source = Source::foreign;
  Hdf5Limits limits = {};
  std::uint64_t file_bytes = 0;  ///< no dataset has more in the file than this
  RowRange rows = {};
};

/// The array `dataset`, as Hdf5Reader::read() and read_foreign() describe it. `path` is its name in
/// messages. Throws DataError before anything is allocated that the file does not account for.
Hdf5Array read_array(hid_t dataset, const std::string& path, const ArrayRules& rules);

}  // namespace jury::hdf5
