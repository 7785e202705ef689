#include "runtime/store/hdf5_array.hpp"

#include <algorithm>
#include <numeric>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"
#include "runtime/store/hdf5_texts.hpp"

namespace jury::hdf5 {
namespace {

constexpr int kMaxForeignRank = 3;
constexpr std::uint64_t kMaxDeflateRatio = 1100;  // deflate shrinks no more than 1032 times

DataError wrong(const std::string& path, const std::string& problem) { return DataError("'" + path + "' " + problem); }

// The type in memory for a number type of a file.
ElementType number_type(hid_t type, const std::string& path) {
  const std::size_t size = H5Tget_size(type);
  if (H5Tget_class(type) == H5T_FLOAT && size <= 8) return size <= 4 ? ElementType::float32 : ElementType::float64;
  if (H5Tget_class(type) == H5T_INTEGER && size <= 8) {
    const int log_size = size == 1 ? 0 : size == 2 ? 1 : size <= 4 ? 2 : 3;
    return static_cast<ElementType>((H5Tget_sign(type) == H5T_SGN_NONE ? 5 : 1) + log_size);
  }
  throw wrong(path, "has elements of an unsupported type (numbers of at most 64 bits or fixed-length text)");
}

// Checks how the array is stored; the number of bytes it has in the file.
std::uint64_t stored_bytes(hid_t dataset, const std::string& path) {
  const Hid list = owned<DataError>(H5Dget_create_plist(dataset), "cannot read '" + path + "'");
  if (H5Pget_external_count(list.get()) != 0)
    throw wrong(path, "has its data in other files (external storage is not read)");
  const H5D_layout_t layout = H5Pget_layout(list.get());
  if (layout != H5D_CONTIGUOUS && layout != H5D_CHUNKED)
    throw wrong(path, "is stored in an unsupported way (contiguous or chunked only)");
  int num_deflate = 0;
  for (int i = 0; i < H5Pget_nfilters(list.get()); ++i) {
    unsigned flags = 0;
    std::size_t num_values = 0;
    const H5Z_filter_t filter =
        H5Pget_filter2(list.get(), static_cast<unsigned>(i), &flags, &num_values, nullptr, 0, nullptr, nullptr);
    num_deflate += filter == H5Z_FILTER_DEFLATE ? 1 : 0;
    if ((filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_SHUFFLE && filter != H5Z_FILTER_FLETCHER32) ||
        num_deflate > 1)
      throw wrong(path, "is stored through an unsupported filter (deflate, shuffle and fletcher32 only)");
  }
  const std::uint64_t stored = H5Dget_storage_size(dataset);
  return num_deflate > 0 ? stored * kMaxDeflateRatio : stored;
}

// The number of elements, once it is clear that they may be held in memory.
std::uint64_t count_of(const Hdf5Array& array, std::size_t item_bytes, const Hdf5Limits& limits) {
  std::uint64_t bytes = item_bytes;
  for (const std::uint64_t dim : array.dims) {
    if (dim == 0) return 0;
    if (bytes > limits.max_bytes / dim)
      throw wrong(array.path, "is too large (more than " + format_bytes(static_cast<double>(limits.max_bytes)) + ")");
    bytes *= dim;
  }
  return bytes / item_bytes;
}

// Selects `dims` of the space from row `first` on; a space of their own.
Hid selected(hid_t space, hsize_t first, const std::vector<hsize_t>& dims, const std::string& what) {
  std::vector<hsize_t> start(dims.size(), 0);
  if (!dims.empty()) {
    start[0] = first;
    check<DataError>(H5Sselect_hyperslab(space, H5S_SELECT_SET, start.data(), nullptr, dims.data(), nullptr), what);
  }
  return owned<DataError>(H5Screate_simple(static_cast<int>(dims.size()), dims.data(), nullptr), what);
}

}  // namespace

Hdf5Array read_array(hid_t dataset, const std::string& path, const ArrayRules& rules) {
  const std::string what = "cannot read '" + path + "'";
  if (H5Iget_type(dataset) != H5I_DATASET) throw wrong(path, "is no array");
  const Hid type = owned<DataError>(H5Dget_type(dataset), what);
  const Hid space = owned<DataError>(H5Dget_space(dataset), what);
  const bool is_text = H5Tget_class(type.get()) == H5T_STRING;
  const bool is_variable = is_text && H5Tis_variable_str(type.get()) > 0;
  if (is_variable && rules.source == Source::foreign)
    throw wrong(path, "holds text of variable length (fixed-length text or numbers only)");
  if (H5Sget_simple_extent_type(space.get()) == H5S_NULL) throw wrong(path, "is empty");

  Hdf5Array array;
  array.path = path;
  array.type = is_text ? ElementType::text : number_type(type.get(), path);
  const int rank = H5Sget_simple_extent_ndims(space.get());
  if (rank < 0 || rank > (rules.source == Source::foreign ? kMaxForeignRank : H5S_MAX_RANK))
    throw wrong(path, "has too many dimensions (at most " + std::to_string(kMaxForeignRank) + ")");
  std::vector<hsize_t> dims(static_cast<std::size_t>(rank));
  check<DataError>(H5Sget_simple_extent_dims(space.get(), dims.data(), nullptr), what);
  const double whole = std::accumulate(dims.begin(), dims.end(), 1.0,
                                       [](double product, hsize_t dim) { return product * static_cast<double>(dim); });
  const hsize_t first = dims.empty() ? 0 : std::min<hsize_t>(rules.rows.first, dims[0]);
  if (!dims.empty()) dims[0] = std::min<hsize_t>(rules.rows.count, dims[0] - first);
  array.dims.assign(dims.begin(), dims.end());

  const std::size_t file_item_bytes = std::max<std::size_t>(1, H5Tget_size(type.get()));
  const std::uint64_t stored = stored_bytes(dataset, path);
  const std::size_t count =
      static_cast<std::size_t>(count_of(array, std::max(file_item_bytes, element_bytes(array.type)), rules.limits));
  if (H5Dget_storage_size(dataset) > rules.file_bytes || whole > static_cast<double>(stored / file_item_bytes))
    throw wrong(path, "claims more data than there is in the file (it is damaged, or was never written)");
  if (count == 0) return array;
  const Hid part = selected(space.get(), first, dims, what);
  const auto read_raw = [&](hid_t memory, void* out) {
    return H5Dread(dataset, memory, part.get(), space.get(), H5P_DEFAULT, out);
  };
  if (is_text) {
    array.texts = read_texts(type.get(), space.get(), count, path, read_raw);
  } else {
    array.data.resize(count * element_bytes(array.type));
    check<DataError>(read_raw(hdf5::native_type(array.type), array.data.data()), what);
  }
  return array;
}

}  // namespace jury::hdf5
