#include "models/data/npy_format.hpp"

#include <fmt/format.h>

namespace jury {

std::string npy_header(std::string_view type, const std::vector<std::uint64_t>& shape) {
  std::string extents;
  for (const std::uint64_t extent : shape) extents += fmt::format("{}{}", extents.empty() ? "" : ", ", extent);
  if (shape.size() == 1) extents += ',';
  std::string dictionary = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", type, extents);
  static constexpr std::size_t kBefore = 10;  // magic, version, length of the dictionary
  dictionary.resize((kBefore + dictionary.size()) / 64 * 64 + 64 - kBefore, ' ');
  dictionary.back() = '\n';
  std::string header("\x93NUMPY\x01\x00", 8);
  header += static_cast<char>(dictionary.size() & 0xff);
  header += static_cast<char>(dictionary.size() >> 8);
  return header + dictionary;
}

}  // namespace jury
