// Plain arrays inside files: a type, a shape and bytes, with checked sizes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "models/data/raw_table.hpp"

namespace jury {

enum class Endian { little, big };

/// Numbers of one type in row-major (C) or column-major (Fortran) order.
struct ArrayView {
  char kind = 'f';  ///< 'f' float, 'i' signed, 'u' unsigned, 'b' truth values
  std::size_t item_bytes = 4;
  Endian endian = Endian::little;
  enum class Order { c, fortran } order = Order::c;
  std::vector<std::uint64_t> shape;
  std::span<const std::byte> data;

  std::uint64_t rows() const noexcept { return shape.empty() ? 1 : shape[0]; }
  /// Numbers in a row: the product of the other dimensions.
  std::uint64_t row_size() const noexcept;
  /// Number `i` of row `row`, `i` counting in C order.
  double at(std::size_t row, std::size_t i) const noexcept;
};

/// Throws DataError unless the type is one we read and the shape needs exactly these bytes of data.
void check_array(const ArrayView& array, std::uint64_t data_bytes, const std::string& source);

/// What is before the data of a .npy array.
struct NpyHeader {
  ArrayView array;  ///< without data
  std::size_t size_bytes = 0;
};

/// The header at the front of the bytes (NumPy format 1.0 to 3.0). Throws DataError.
NpyHeader parse_npy_header(std::span<const std::byte> bytes, const std::string& source);

/// The .npy array that the bytes are. Throws DataError.
ArrayView parse_npy(std::span<const std::byte> bytes, const std::string& source);

/// Adds an array's rows as samples: bytes of rank 3 or more as pixels, everything else as columns
/// "x0", "x1", ... Sets the shape for ranks of 3 or more.
void add_samples(RawTable& table, const ArrayView& array);

/// Adds an array of rank 1 or 2 as target columns: "y", or "y0", "y1", ...
void add_targets(RawTable& table, const ArrayView& array);

}  // namespace jury
