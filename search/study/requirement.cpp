#include "search/study/requirement.hpp"

#include <fmt/format.h>

#include <array>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace jury {

bool Requirement::holds(double score) const noexcept {
  if (comparison == "<=") return score <= bound;
  if (comparison == ">=") return score >= bound;
  return comparison == "<" ? score < bound : score > bound;
}

Requirement parse_requirement(std::string_view text) {
  static constexpr std::array<std::string_view, 4> comparisons = {"<=", ">=", "<", ">"};
  for (const std::string_view comparison : comparisons) {
    const std::size_t at = text.find(comparison);
    if (at == std::string_view::npos) continue;
    const auto bound = parse_number(trimmed(text.substr(at + comparison.size())));
    if (bound) return {std::string(trimmed(text.substr(0, at))), comparison, *bound};
    break;
  }
  throw ConfigError(fmt::format("--require '{}' is no requirement (write it as in 'log_loss<=0.3')", text));
}

}  // namespace jury
