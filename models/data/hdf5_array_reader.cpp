// Arrays in HDF5 files as tables.
#include "models/data/hdf5_array_reader.hpp"

#include <fmt/format.h>

#include "models/data/reader.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

constexpr std::string_view kMark = ".h5:/";

// Element type as an ArrayView says it: 'f', 'i' or 'u'.
char kind_of(ElementType type) {
  if (type == ElementType::float32 || type == ElementType::float64) return 'f';
  return type >= ElementType::uint8 ? 'u' : 'i';
}

std::string file_of(const std::filesystem::path& path) {
  const std::string name = path.string();
  return name.substr(0, name.find(kMark) + 3);
}

}  // namespace

bool names_hdf5_array(const std::filesystem::path& path) { return path.string().find(kMark) != std::string::npos; }

Hdf5Rows::Hdf5Rows(const std::filesystem::path& path, std::uint64_t limit_bytes)
    : file_(file_of(path), {.max_bytes = std::min(ChildOptions().max_bytes, limit_bytes)}),
      array_(path.string().substr(path.string().find(kMark) + kMark.size() - 1)) {
  if (!std::filesystem::exists(file_.file()))
    throw DataError(fmt::format("data file '{}' cannot be read (there is none)", file_.file()));
}

Hdf5Array Hdf5Rows::read(RowRange rows) {
  Hdf5Array array = file_.read_foreign(array_, rows);
  if (array.type == ElementType::text)
    throw DataError(fmt::format("{}:{}: holds texts (numbers are read)", file_.file(), array_));
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
  const Hdf5Array array = Hdf5Rows(request.path, request.memory_limit_bytes).read();
  return table_of_matrix(view_of(array), request);
}

}  // namespace jury
