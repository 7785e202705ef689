// Where a Gaussian process expects the largest improvement.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "runtime/base/rng.hpp"
#include "search/sampler/gp_features.hpp"
#include "search/sampler/gp_model.hpp"
#include "search/sampler/space.hpp"

namespace jury {

/// Log of the expected improvement of a process over a space.
struct Acquisition {
  const Space& space;
  const GpFeatures& features;
  const GpModel& model;
  double best;  ///< what is to be improved on, in the units of the model

  double at(const Assignment& point) const;
  /// With the slope along each parameter; that of an inactive or unordered one is not defined.
  double at(std::span<const double> unit, std::vector<double>* slopes) const;
};

struct AcquisitionSearch {
  std::int64_t candidates;                     ///< random points, and as many near `near`
  std::int64_t refine;                         ///< of the best of them, how many are climbed from
  std::vector<std::vector<double>> near = {};  ///< (parameters) coordinates of good points, NaN where not active
  std::function<bool(const Assignment&)> refused = {};  ///< points that are not wanted
};

/// The best point found: by L-BFGS along continuous parameters and moves of one level along the others, in turn, from
/// the best candidates. Nothing when every point met is refused.
std::optional<Assignment> maximize(const Acquisition& acquisition, const AcquisitionSearch& search, Rng& rng);

}  // namespace jury
