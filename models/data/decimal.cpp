#include "models/data/decimal.hpp"

#include <charconv>
#include <system_error>

namespace jury::decimal {

const char* read_slowly(const char* begin, const char* end, double& value) noexcept {
  const auto [behind, error] = std::from_chars(*begin == '+' ? begin + 1 : begin, end, value);
  return error == std::errc{} && behind == end ? end : nullptr;
}

}  // namespace jury::decimal
