#include "tools/bench/npy_file.hpp"

#include <fmt/format.h>

#include <bit>
#include <functional>
#include <numeric>
#include <string_view>

#include "runtime/base/error.hpp"
#include "runtime/store/file.hpp"

namespace jury {
namespace {

static_assert(std::endian::native == std::endian::little, "the types below say little-endian");

void write(const std::string& path, std::span<const std::byte> values, std::string_view type,
           const std::vector<std::size_t>& shape) {
  std::string extents;
  for (const std::size_t extent : shape) extents += fmt::format("{}, ", extent);
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({})}}", type, extents);
  static constexpr std::size_t kBefore = 10;  // magic, version, length of the header
  header.resize((kBefore + header.size()) / 64 * 64 + 64 - kBefore, ' ');
  header.back() = '\n';

  std::string file("\x93NUMPY\x01\x00", 8);
  file += static_cast<char>(header.size() & 0xff);
  file += static_cast<char>(header.size() >> 8);
  file += header;
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
