#include "models/data/array_view.hpp"

#include <bit>
#include <cmath>
#include <cstring>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

template <class T>
double load(const std::byte* at, Endian endian) noexcept {
  std::byte bytes[sizeof(T)];
  for (std::size_t i = 0; i < sizeof(T); ++i) bytes[i] = at[endian == Endian::little ? i : sizeof(T) - 1 - i];
  T value;
  std::memcpy(&value, bytes, sizeof(T));
  return static_cast<double>(value);
}

using Loader = double (*)(const std::byte*, Endian) noexcept;

// The one table of number types; null for what we do not read.
Loader loader(char kind, std::size_t item_bytes) noexcept {
  static constexpr struct {
    char kind;
    std::size_t item_bytes;
    Loader load;
  } types[] = {
      {'f', 4, load<float>},         {'f', 8, load<double>},        {'i', 1, load<std::int8_t>},
      {'i', 2, load<std::int16_t>},  {'i', 4, load<std::int32_t>},  {'i', 8, load<std::int64_t>},
      {'u', 1, load<std::uint8_t>},  {'u', 2, load<std::uint16_t>}, {'u', 4, load<std::uint32_t>},
      {'u', 8, load<std::uint64_t>}, {'b', 1, load<std::uint8_t>},
  };
  for (const auto& type : types)
    if (type.kind == kind && type.item_bytes == item_bytes) return type.load;
  return nullptr;
}

RawColumn number_column(const ArrayView& array, std::size_t i, std::string name) {
  RawColumn column{.name = std::move(name)};
  column.numbers.resize(array.rows());
  for (std::size_t row = 0; row < column.numbers.size(); ++row) column.numbers[row] = array.at(row, i);
  return column;
}

}  // namespace

std::uint64_t ArrayView::row_size() const noexcept {
  std::uint64_t product = 1;
  for (std::size_t d = 1; d < shape.size(); ++d) product *= shape[d];
  return product;
}

double ArrayView::at(std::size_t row, std::size_t i) const noexcept {
  std::size_t position = row * row_size() + i;
  if (order == Order::fortran) {
    position = row;
    std::size_t stride = rows();
    std::size_t inner = row_size();
    for (std::size_t d = 1; d < shape.size(); ++d) {
      inner /= shape[d];
      position += i / inner % shape[d] * stride;
      stride *= shape[d];
    }
  }
  return loader(kind, item_bytes)(data.data() + position * item_bytes, endian);
}

void check_array(const ArrayView& array, std::uint64_t data_bytes, const std::string& source) {
  if (loader(array.kind, array.item_bytes) == nullptr)
    throw DataError(source + ": holds '" + array.kind + std::to_string(array.item_bytes) +
                    "' (known: floats of 4 and 8 bytes, whole numbers of 1 to 8)");
  std::uint64_t bytes = array.item_bytes;
  for (const std::uint64_t extent : array.shape) {
    if (extent == 0) throw DataError(source + ": has a dimension of no extent");
    if (__builtin_mul_overflow(bytes, extent, &bytes)) throw DataError(source + ": declares a shape no file can hold");
  }
  if (bytes != data_bytes)
    throw DataError(source + ": declares " + std::to_string(bytes) + " bytes of data (there are " +
                    std::to_string(data_bytes) + ")");
}

void add_samples(RawTable& table, const ArrayView& array) {
  table.num_rows = array.rows();
  if (array.shape.size() > 2) table.shape.assign(array.shape.begin() + 1, array.shape.end());
  const bool bytes = array.kind == 'u' && array.item_bytes == 1;
  if (bytes && array.shape.size() > 2 && array.order == ArrayView::Order::c) {
    const auto* first = reinterpret_cast<const std::uint8_t*>(array.data.data());
    table.pixels.assign(first, first + array.data.size());
    return;
  }
  for (std::size_t i = 0; i < array.row_size(); ++i)
    table.columns.push_back(number_column(array, i, "x" + std::to_string(i)));
}

void add_targets(RawTable& table, const ArrayView& array) {
  if (array.shape.size() > 2)
    throw DataError(table.source + ": targets have " + std::to_string(array.shape.size()) +
                    " dimensions (1 or 2 are read)");
  if (array.rows() != table.num_rows)
    throw DataError(table.source + ": has " + std::to_string(table.num_rows) + " samples (and " +
                    std::to_string(array.rows()) + " targets)");
  const std::size_t count = array.row_size();
  for (std::size_t i = 0; i < count; ++i) {
    table.targets.push_back(count == 1 ? "y" : "y" + std::to_string(i));
    table.columns.push_back(number_column(array, i, table.targets.back()));
  }
}

}  // namespace jury
