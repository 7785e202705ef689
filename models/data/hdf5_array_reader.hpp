// Arrays in HDF5 files, read in a limited process. For this layer's own sources.
#pragma once

#include <cstdint>
#include <filesystem>

#include "models/data/array_view.hpp"
#include "runtime/store/hdf5_reader.hpp"

namespace jury {

/// Rows of the array of numbers that "file.h5:/path" names. Throws DataError.
Hdf5Array read_hdf5_rows(const std::filesystem::path& path, std::uint64_t limit_bytes, RowRange rows = {});

/// The array, which must outlive the view.
ArrayView view_of(const Hdf5Array& array);

}  // namespace jury
