#include "search/study/variance_design.hpp"

#include <algorithm>

namespace jury {

bool VarianceDesign::varies(std::string_view source) const noexcept {
  return is_crossed() && std::ranges::find(options_.sources, source) != options_.sources.end();
}

std::int32_t VarianceDesign::num_replicates() const noexcept {
  if (!is_crossed()) return options_.replicates;
  std::int32_t cells = 1;
  for (std::size_t i = 0; i < options_.sources.size(); ++i) cells *= options_.levels;
  return cells;
}

std::int32_t VarianceDesign::level(std::int32_t replicate, std::string_view source) const noexcept {
  if (!is_crossed()) return replicate;
  for (auto name = options_.sources.rbegin(); name != options_.sources.rend(); ++name) {
    if (*name == source) return replicate % options_.levels;
    replicate /= options_.levels;
  }
  return 0;
}

}  // namespace jury
