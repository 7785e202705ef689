// Arrays in HDF5 files as tables.
#include "models/data/hdf5_array_reader.hpp"

#include <fmt/format.h>

#include "models/data/reader.hpp"
#include "runtime/base/error.hpp"
#include "runtime/store/hdf5_child.hpp"

namespace jury {
namespace {

constexpr std::string_view kMark = ".h5:/";

// Element type as an ArrayView says it: 'f', 'i' or 'u'.
char kind_of(ElementType type) {
  if (type == ElementType::float32 || type == ElementType::float64) return 'f';
  return type >= ElementType::uint8 ? 'u' : 'i';
}

}  // namespace

bool names_hdf5_array(const std::filesystem::path& path) { return path.string().find(kMark) != std::string::npos; }

Hdf5Array read_hdf5_rows(const std::filesystem::path& path, std::uint64_t limit_bytes, RowRange rows) {
  const std::string name = path.string();
  const std::size_t mark = name.find(kMark);
  const std::string file = name.substr(0, mark + 3);
  if (!std::filesystem::exists(file))
    throw DataError(fmt::format("data file '{}' cannot be read (there is none)", file));
  ChildOptions limits;
  limits.max_bytes = std::min(limits.max_bytes, limit_bytes);
  Hdf5Array array = read_foreign_array(file, name.substr(mark + kMark.size() - 1), limits, rows);
  if (array.type == ElementType::text) throw DataError(name + ": holds texts (numbers are read)");
  return array;
}

ArrayView view_of(const Hdf5Array& array) {
  return {.kind = kind_of(array.type),
          .item_bytes = element_bytes(array.type),
          .endian = Endian::little,
          .order = ArrayView::Order::c,
          .shape = array.dims,
          .data = array.data};
}

RawTable read_hdf5(const ReadRequest& request) {
  const Hdf5Array array = read_hdf5_rows(request.path, request.memory_limit_bytes);
  return table_of_matrix(view_of(array), request);
}

}  // namespace jury
