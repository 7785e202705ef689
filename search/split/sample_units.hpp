// Samples that stay on the same side of a split.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "search/split/splitter.hpp"

namespace jury {

/// The groups of the input in the order of their numbers, those that occur numbered from 0; where there are no groups
/// each sample is a unit of its own.
class SampleUnits {
 public:
  explicit SampleUnits(const SplitInput& input);

  std::size_t num_samples() const noexcept { return num_samples_; }
  std::size_t size() const noexcept { return num_units_; }
  bool are_groups() const noexcept { return !unit_of_.empty(); }
  /// What a person calls one.
  std::string_view noun() const noexcept { return are_groups() ? "group" : "sample"; }
  /// The unit of a sample.
  std::size_t operator[](std::size_t sample) const noexcept { return are_groups() ? unit_of_[sample] : sample; }
  /// (units) samples of each.
  std::vector<std::size_t> sizes() const;
  /// The samples of the units in `tested` on one side, all others on the other.
  Split split(const std::vector<std::uint32_t>& tested) const;

 private:
  std::size_t num_samples_;
  std::size_t num_units_;
  std::vector<std::uint32_t> unit_of_;  // empty: each its own
};

}  // namespace jury
