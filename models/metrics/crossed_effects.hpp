// Sums of squares of the effects in one crossed array of numbers: the inner loop of variance_sources().
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace jury {

/// Splits an array of numbers, one for each combination of the levels of some sources (the last fastest), into the
/// effects of every set of sources; bit s of a set stands for source s. Source by source, the cells along its axis
/// become their mean, followed by the deviations from it: O(product of (levels + 1)) in all. Not to be shared between
/// threads.
class CrossedEffects {
 public:
  /// Expects levels of at least 2.
  explicit CrossedEffects(std::span<const std::size_t> levels);

  std::size_t num_cells() const noexcept { return num_cells_; }
  std::size_t num_sets() const noexcept { return degrees_.size(); }
  /// Product over the set's sources of levels - 1.
  double degrees(std::size_t set) const noexcept { return degrees_[set]; }

  /// Adds the mean square of each set's effects in `values` (cells), times `scale`, to `sums` (sets); that of no source
  /// stays.
  void add(std::span<const double> values, double scale, std::span<double> sums);

  /// (sets) the unbiased estimates of the variance components from those mean squares; see variance_sources(). 0 of no
  /// source.
  std::vector<double> estimates(std::span<const double> mean_squares) const;

 private:
  std::vector<std::size_t> levels_;
  std::size_t num_cells_ = 1;
  std::vector<double> degrees_;       // (sets)
  std::vector<double> combinations_;  // (sets) product of the levels
  std::vector<std::uint32_t> sets_;   // of each number of the split array, the sources it deviates in
  std::vector<double> from_, to_;
};

}  // namespace jury
