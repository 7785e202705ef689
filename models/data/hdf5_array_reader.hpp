// Arrays in HDF5 files, read in a limited process. For this layer's own sources.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "models/data/array_view.hpp"
#include "runtime/store/hdf5_child.hpp"

namespace jury {

/// The array of numbers that "file.h5:/path" names.
class Hdf5Rows {
 public:
  /// Throws DataError when there is no such file.
  Hdf5Rows(const std::filesystem::path& path, std::uint64_t limit_bytes);
  /// Throws DataError when it cannot be read, holds texts, or the rows have more bytes than the limit.
  Hdf5Array read(RowRange rows = {});

 private:
  Hdf5Child file_;
  std::string array_;
};

/// The array, which must outlive the view.
ArrayView view_of(const Hdf5Array& array);

}  // namespace jury
