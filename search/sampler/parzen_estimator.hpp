// A density over a space, made of kernels on points.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "runtime/base/rng.hpp"
#include "search/sampler/space.hpp"

namespace jury {

/// A mixture over the unit cube of a space, p(u) = sum_i w_i prod_d k_id(u_d), of one kernel for each point and a
/// uniform prior. With Watanabe's (2023) defaults for all parameters jointly:
///
/// - ordered: a normal density around the point, cut off at 0 and 1; its deviation is the larger gap to the
///   neighbouring points (0, 1 and the prior's 1/2 count), at least max(0.03, (n + 2)^-2) and at most 1.
///   A level has the mass of its cell;
/// - unordered with K levels: 0.8 on the point's level, 0.2 / (K - 1) on each other;
/// - a parameter that is not active at the point: uniform.
///
/// Inactive parameters of the point that is asked about are integrated out.
class ParzenEstimator {
 public:
  /// points: (n)(parameters) canonical coordinates, NaN where not active; weights: (n), above 0. The prior weighs
  /// as much as the mean point. Keeps a reference to the space.
  ParzenEstimator(const Space& space, std::span<const std::vector<double>> points, std::span<const double> weights);

  /// Coordinates drawn from the density, for every parameter. O(parameters).
  std::vector<double> draw(Rng& rng) const;
  /// log p of canonical coordinates, NaN where not active; levels count with their mass. O(n parameters).
  double log_density(std::span<const double> unit) const;

 private:
  // A kernel along one parameter; a deviation of infinity is the uniform one, of the prior and of points where the
  // parameter is not active.
  struct Kernel {
    double center;
    double deviation;
    auto operator<=>(const Kernel&) const = default;
  };
  // Along one parameter, of all n points and the prior.
  struct Axis {
    std::vector<Kernel> kernels;                 // of each point; where there are levels, those that differ
    std::vector<std::size_t> kernel_of;          // (n + 1), where there are levels
    std::vector<double> inverse_deviation = {};  // (n + 1), where there are none
    std::vector<double> log_scale = {};          // (n + 1), log density at the center
    mutable std::map<std::int64_t, std::vector<double>> log_mass = {};  // (kernels) of levels asked about so far
  };
  Axis make_axis(std::size_t parameter, std::span<const std::vector<double>> points) const;
  const Kernel& kernel(const Axis& axis, std::size_t point) const noexcept;
  void add_log_kernels(std::size_t parameter, double unit, std::vector<double>& sums) const;
  const std::vector<double>& log_masses(std::size_t parameter, std::int64_t level) const;

  const Space* space_;
  std::size_t num_points_;
  std::vector<double> log_weights_;  // (n + 1), the prior last
  std::vector<double> weights_;      // sum 1
  std::vector<Axis> axes_;
};

}  // namespace jury
