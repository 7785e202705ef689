// What each training row is worth to the members that did not see it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/metrics/truth.hpp"

namespace jury {

/// Data-OOB (Kwon and Zou 2023): the value of a training row is the mean, over members without it in their
/// bag, of how well they predict it: [label = y] of classes, -(y - f)^2 of values (mean over targets).
/// A row that members keep getting wrong is mislabelled, an outlier, or hard.
class DataOob {
 public:
  /// The truth of the training rows; what it shows must outlive this.
  explicit DataOob(const Truth& truth);

  /// Adds one member's out-of-bag predictions, (rows, truth.width()), NaN rows in its bag. Expects that size.
  void add(Predictions member);

  /// (rows) members that did not see the row.
  std::span<const std::int32_t> counts() const noexcept { return counts_; }
  /// (rows) in [0, 1], or at most 0 in the targets' units squared; NaN where each member saw the row.
  std::vector<double> values() const;

 private:
  Truth truth_;
  std::vector<std::int32_t> counts_;
  std::vector<double> sums_;
};

/// The `count` rows of least value, that first; ties to the lowest row. NaN values are left out, so there may be
/// fewer.
std::vector<std::uint32_t> least_valuable(std::span<const double> values, std::size_t count);

}  // namespace jury
