#include "models/nn/extents.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/error.hpp"

namespace jury {

std::vector<std::int32_t> extents(const Config& value, std::size_t rank, std::string_view option,
                                  const ExtentRange& range) {
  const auto wrong = [&] {
    return ConfigError(fmt::format("{} = {} is wrong (must be a whole number in [{}, {}], or a list of {} of them)",
                                   option, to_text(value), range.low, range.high, rank));
  };
  const auto one = [&](const Config& item) {
    const auto* number = item.as<std::int64_t>();
    if (number == nullptr || *number < range.low || *number > range.high) throw wrong();
    return static_cast<std::int32_t>(*number);
  };
  const auto* list = value.as<Config::List>();
  if (list == nullptr) return std::vector<std::int32_t>(rank, one(value));
  if (list->size() != rank) throw wrong();
  std::vector<std::int32_t> all;
  for (const Config& item : *list) all.push_back(one(item));
  return all;
}

std::vector<std::int32_t> spatial_extents(const Shape& src) {
  if (src.size() < 2 || src.size() > 4)
    throw ConfigError(
        "needs (channels, width), (channels, height, width) or (channels, depth, height, width), is given " +
        to_string(src));
  return {src.begin() + 1, src.end()};
}

std::int32_t num_places(const Shape& shape) noexcept {
  return static_cast<std::int32_t>(volume(shape)) / shape.front();
}

Three in_three(std::span<const std::int32_t> extents, std::int32_t missing) {
  Three all;
  all.fill(missing);
  std::copy_backward(extents.begin(), extents.end(), all.end());
  return all;
}

std::string left_out(std::span<const SlidingExtent> dimensions) {
  std::string text;
  for (const auto& [extent, size, stride, before, after] : dimensions) {
    const std::int32_t rest = (extent + before + after - size) % stride - after;
    if (rest > 0 && size >= stride) text += fmt::format("{} {} of {}", text.empty() ? "leaves out" : ",", rest, extent);
  }
  return text;
}

}  // namespace jury
