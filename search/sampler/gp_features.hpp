// Points of a space as vectors in which distances mean something.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <span>
#include <vector>

#include "search/sampler/space.hpp"

namespace jury {

/// Where the parameters of a space stand in a vector of numbers: an ordered one has a column with its
/// coordinate (so that a log range is measured on its log scale), an unordered one a column for each level,
/// sqrt(1/2) at its own, so that two levels are 1 apart; a constant has none. Where a parameter is not active
/// its columns are 1/2, or all 0. The columns of a parameter share a length scale.
class GpFeatures {
 public:
  explicit GpFeatures(const Space& space);

  Eigen::Index num_columns() const noexcept { return static_cast<Eigen::Index>(parameter_.size()); }
  /// Number of length scales.
  Eigen::Index num_scales() const noexcept { return num_scales_; }
  /// (columns) the length scale of each.
  const std::vector<Eigen::Index>& scale() const noexcept { return scale_; }
  /// (columns) the parameter of each.
  const std::vector<std::size_t>& parameter() const noexcept { return parameter_; }

  /// unit: (parameters) canonical coordinates, NaN where not active.
  Eigen::VectorXd encode(std::span<const double> unit) const;

 private:
  std::vector<std::size_t> parameter_;
  std::vector<std::int64_t> level_;  // of an unordered parameter, -1 of an ordered one
  std::vector<std::int64_t> levels_;
  std::vector<Eigen::Index> scale_;
  Eigen::Index num_scales_ = 0;
};

}  // namespace jury
