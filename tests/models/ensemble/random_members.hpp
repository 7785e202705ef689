// Members that predict at random, for the tests of what joins them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "models/ensemble/combine.hpp"
#include "runtime/base/rng.hpp"

namespace jury {

/// (members, rows, width) uniform numbers, probabilities with classes; every fifth row of a member is not
/// predicted.
inline std::vector<float> random_members(std::size_t members, const CombinationShape& shape, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<float> values(members * shape.num_rows * shape.width());
  for (std::size_t begin = 0; begin < values.size(); begin += shape.width()) {
    const auto row = std::span(values).subspan(begin, shape.width());
    double sum = 0;
    for (float& value : row) sum += static_cast<double>(value = static_cast<float>(rng.uniform()));
    if (shape.outcome == Outcome::classes)
      for (float& value : row) value = static_cast<float>(static_cast<double>(value) / sum);
    if (rng.below(5) == 0) std::ranges::fill(row, std::numeric_limits<float>::quiet_NaN());
  }
  return values;
}

/// The predictions of member m.
inline Predictions member_of(const std::vector<float>& members, const CombinationShape& shape, std::size_t m) {
  const std::size_t cells = shape.num_rows * shape.width();
  return std::span(members).subspan(m * cells, cells);
}

}  // namespace jury
