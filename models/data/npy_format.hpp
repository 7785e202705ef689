// What stands before the numbers of an .npy file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace jury {

/// Magic, version 1.0 and the dictionary, padded so that the numbers start at a multiple of 64 bytes. `type` is
/// NumPy's, such as "<f8"; row-major.
std::string npy_header(std::string_view type, const std::vector<std::uint64_t>& shape);

}  // namespace jury
