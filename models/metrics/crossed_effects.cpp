#include "models/metrics/crossed_effects.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "runtime/base/error.hpp"

namespace jury {

CrossedEffects::CrossedEffects(std::span<const std::size_t> levels) : levels_(levels.begin(), levels.end()) {
  JURY_EXPECTS(std::ranges::all_of(levels, [](std::size_t l) { return l >= 2; }));
  degrees_.assign(std::size_t{1} << levels_.size(), 1.0);
  combinations_ = degrees_;
  std::size_t split_size = 1;
  for (std::size_t s = 0; s < levels_.size(); ++s) {
    num_cells_ *= levels_[s];
    split_size *= levels_[s] + 1;
    for (std::size_t set = 0; set < degrees_.size(); ++set) {
      if ((set >> s & 1U) == 0) continue;
      degrees_[set] *= static_cast<double>(levels_[s] - 1);
      combinations_[set] *= static_cast<double>(levels_[s]);
    }
  }
  from_.resize(split_size);
  to_.resize(split_size);
  sets_.resize(split_size);
  for (std::size_t i = 0; i < split_size; ++i) {
    std::size_t rest = i;
    for (std::size_t s = levels_.size(); s-- > 0; rest /= levels_[s] + 1)
      if (rest % (levels_[s] + 1) > 0) sets_[i] |= 1U << s;
  }
}

void CrossedEffects::add(std::span<const double> values, double scale, std::span<double> sums) {
  JURY_EXPECTS(values.size() == num_cells_ && sums.size() == num_sets());
  std::ranges::copy(values, from_.begin());
  // The last source first: what is split already stays together, as a block of numbers side by side.
  std::size_t outer = num_cells_;
  std::size_t block = 1;
  for (std::size_t s = levels_.size(); s-- > 0;) {
    const std::size_t levels = levels_[s];
    outer /= levels;
    for (std::size_t o = 0; o < outer; ++o)
      for (std::size_t k = 0; k < block; ++k) {
        const double* from = from_.data() + o * levels * block + k;
        double* to = to_.data() + o * (levels + 1) * block + k;
        double mean = 0;
        for (std::size_t l = 0; l < levels; ++l) mean += from[l * block];
        mean /= static_cast<double>(levels);
        to[0] = mean;
        for (std::size_t l = 0; l < levels; ++l) to[(l + 1) * block] = from[l * block] - mean;
      }
    block *= levels + 1;
    std::swap(from_, to_);
  }
  for (std::size_t i = 0; i < block; ++i)
    if (const std::uint32_t set = sets_[i]; set != 0) sums[set] += scale * from_[i] * from_[i] / combinations_[set];
}

std::vector<double> CrossedEffects::estimates(std::span<const double> mean_squares) const {
  std::vector<double> result(num_sets());
  const auto cells = static_cast<double>(num_cells_);
  for (std::size_t u = 1; u < num_sets(); ++u) {
    for (std::size_t v = u; v < num_sets(); ++v) {
      if ((v & u) != u) continue;
      const double expected = cells * mean_squares[v] / degrees_[v];
      result[u] += std::popcount(v ^ u) % 2 == 0 ? expected : -expected;
    }
    result[u] *= combinations_[u] / cells;
  }
  return result;
}

}  // namespace jury
