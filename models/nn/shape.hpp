// The extent of one sample, without the batch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace jury {

/// (features) or (channels, height, width), row-major.
using Shape = std::vector<std::int32_t>;

/// Number of values. Expects every extent > 0.
std::size_t volume(const Shape& shape) noexcept;

/// "3x32x32".
std::string to_string(const Shape& shape);

}  // namespace jury
