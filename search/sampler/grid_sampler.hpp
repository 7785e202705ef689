// Every combination of a discrete space.
#pragma once

#include "search/sampler/sampler.hpp"

namespace jury {

/// The cartesian product of all values, in the order of the space, the last parameter fastest; parameters whose
/// condition does not hold are not gone through. Empty behind the last point.
class GridSampler final : public Sampler {
 public:
  /// Throws ConfigError naming the parameters that are continuous.
  GridSampler(const SearchOptions& options, SamplerInput input);

 private:
  std::optional<Assignment> propose(std::int64_t trial, Rng& rng) override;

  SpaceWalk walk_;
};

}  // namespace jury
