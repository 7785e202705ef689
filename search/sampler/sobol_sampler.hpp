// Draws that fill the space evenly.
#pragma once

#include <boost/random/sobol.hpp>

#include "search/sampler/sampler.hpp"

namespace jury {

/// Points of a Sobol sequence (directions of Joe, Kuo 2008), scrambled as Owen 1995 does: bit k of a
/// coordinate is flipped or not by a random bit that depends on the k bits before it. Each point is uniform in the
/// unit cube, and the first 2^m points still are a net: any of the 2^m equal slices of a coordinate has one.
class SobolSequence {
 public:
  /// Expects 1 <= dimensions <= 3667.
  SobolSequence(std::size_t dimensions, std::uint64_t key);
  /// The next point, coordinates in (0, 1).
  std::vector<double> next();

 private:
  boost::random::sobol_engine<std::uint32_t, 32> engine_;
  std::uint64_t key_;
  bool at_origin_ = true;  // Boost leaves out the first point, the origin
};

/// Trial after trial the next point of a scrambled Sobol sequence, one dimension for each parameter.
class SobolSampler final : public Sampler {
 public:
  /// Throws ConfigError when the space has more parameters than there are Sobol directions for.
  SobolSampler(const SearchOptions& options, SamplerInput input);

 private:
  std::optional<Assignment> propose(std::int64_t trial, Rng& rng) override;

  SobolSequence sequence_;
};

/// The sequence that samplers take their first points from.
SobolSequence sobol_sequence(const Space& space, std::uint64_t seed);

}  // namespace jury
