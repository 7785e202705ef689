// Arrays for NumPy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace jury {

/// Writes a row-major array as an .npy file (format 1.0). Expects as many values as `shape` has places.
/// Throws IoError when it cannot be written.
void write_npy(const std::string& path, std::span<const float> values, const std::vector<std::size_t>& shape);
void write_npy(const std::string& path, std::span<const std::int32_t> values, const std::vector<std::size_t>& shape);

}  // namespace jury
