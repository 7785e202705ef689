// Options that are one number for every spatial dimension or a list of one for each.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/nn/shape.hpp"
#include "runtime/base/config.hpp"

namespace jury {

/// `value` for `rank` dimensions: 3 or [3, 5]. Throws ConfigError naming the option when it is neither
/// a whole number in [low, high] nor a list of `rank` of them.
struct ExtentRange {
  std::int32_t low = 1, high = 1024;
};
std::vector<std::int32_t> extents(const Config& value, std::size_t rank, std::string_view option,
                                  const ExtentRange& range);

/// The spatial extents of (channels, [[depth,] height,] width). Throws ConfigError when there are none
/// or more than three.
std::vector<std::int32_t> spatial_extents(const Shape& src);

/// Number of places of a sample: all extents but the channels.
std::int32_t num_places(const Shape& shape) noexcept;

/// One number per spatial dimension, `missing` in front where there are fewer.
inline constexpr std::size_t kDimensions = 3;
using Three = std::array<std::int32_t, kDimensions>;
Three in_three(std::span<const std::int32_t> extents, std::int32_t missing);

/// What a sliding window never reaches, for people: "leaves out 1 of 7" where one row or column at the end of a
/// dimension of 7 is in no window (padding does not count, nor do windows smaller than their step, which skip
/// places anyway); "" when nothing is left out.
struct SlidingExtent {
  std::int32_t extent, size, stride, before, after;
};
std::string left_out(std::span<const SlidingExtent> dimensions);

}  // namespace jury
