// What the fits of calibrators share.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "models/metrics/truth.hpp"

namespace jury {

/// Calls visit(row, its predictions, its weight) for the rows that a calibrator is fitted to: those predicted, of
/// weight above 0.
template <class Visit>
void for_each_counted_row(const Truth& truth, Predictions predictions, Visit&& visit) {
  for (std::size_t row = 0; row < truth.num_rows(); ++row)
    if (const Predictions f = row_of(predictions, row, truth.width()); is_predicted(f) && truth.weight(row) > 0)
      visit(row, f, truth.weight(row));
}

/// log p of a probability kept from 0.
inline double clipped_log(double p) noexcept { return std::log(std::max(p, kSmallestProbability)); }

}  // namespace jury
