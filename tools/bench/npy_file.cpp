#include "tools/bench/npy_file.hpp"

#include <bit>
#include <functional>
#include <numeric>
#include <string_view>

#include "models/data/npy_format.hpp"
#include "runtime/base/error.hpp"
#include "runtime/store/file.hpp"

namespace jury {
namespace {

static_assert(std::endian::native == std::endian::little, "the types below say little-endian");

void write(const std::string& path, std::span<const std::byte> values, std::string_view type,
           const std::vector<std::size_t>& shape) {
  std::string file = npy_header(type, shape);
  file.append(reinterpret_cast<const char*>(values.data()), values.size());
  replace_file(path, file);
}

template <class T>
void write_values(const std::string& path, std::span<const T> values, std::string_view type,
                  const std::vector<std::size_t>& shape) {
  JURY_EXPECTS(values.size() == std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>()));
  write(path, std::as_bytes(values), type, shape);
}

}  // namespace

void write_npy(const std::string& path, std::span<const float> values, const std::vector<std::size_t>& shape) {
  write_values(path, values, "<f4", shape);
}

void write_npy(const std::string& path, std::span<const std::int32_t> values, const std::vector<std::size_t>& shape) {
  write_values(path, values, "<i4", shape);
}

}  // namespace jury
