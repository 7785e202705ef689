#include "models/nn/shape.hpp"

#include "runtime/base/error.hpp"

namespace jury {

std::size_t volume(const Shape& shape) noexcept {
  std::size_t product = 1;
  for (const std::int32_t extent : shape) {
    JURY_EXPECTS(extent > 0);
    product *= static_cast<std::size_t>(extent);
  }
  return product;
}

std::string to_string(const Shape& shape) {
  std::string text;
  for (const std::int32_t extent : shape) text += (text.empty() ? "" : "x") + std::to_string(extent);
  return text;
}

}  // namespace jury
