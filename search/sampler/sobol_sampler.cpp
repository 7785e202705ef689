#include "search/sampler/sobol_sampler.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

constexpr std::size_t kMostDimensions = 3667;  // of the tables that Boost has
constexpr std::int64_t kSobolStream = -2;      // in the place of the trial

// Nested uniform scrambling: the bit that flips bit k is drawn for (dimension, k, the bits before it).
std::uint32_t scrambled(std::uint32_t bits, std::uint32_t dimension, std::uint64_t key) {
  const std::array<std::uint32_t, 2> words = {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)};
  std::uint32_t out = 0;
  for (std::uint32_t k = 0; k < 32; ++k) {
    const std::uint32_t before = k == 0 ? 0 : bits >> (32 - k);
    const std::uint32_t flip = philox({before, k, dimension, 0}, words)[0] & 1U;
    out = out << 1 | ((bits >> (31 - k) & 1U) ^ flip);
  }
  return out;
}

}  // namespace

SobolSequence::SobolSequence(std::size_t dimensions, std::uint64_t key) : engine_(dimensions), key_(key) {
  JURY_EXPECTS(dimensions >= 1 && dimensions <= kMostDimensions);
}

std::vector<double> SobolSequence::next() {
  std::vector<double> point(engine_.dimension());
  for (std::uint32_t d = 0; d < point.size(); ++d) {
    const std::uint32_t bits = at_origin_ ? 0 : engine_();
    point[d] = (static_cast<double>(scrambled(bits, d, key_)) + 0.5) * 0x1.0p-32;
  }
  at_origin_ = false;
  return point;
}

SobolSequence sobol_sequence(const Space& space, std::uint64_t seed) {
  if (space.size() > kMostDimensions)
    throw ConfigError("search.space has " + std::to_string(space.size()) + " parameters (Sobol points have at most " +
                      std::to_string(kMostDimensions) + " dimensions) use search.method = \"random\"");
  return SobolSequence(std::max<std::size_t>(space.size(), 1), stream_key(seed, Purpose::sampler, {kSobolStream}));
}

SobolSampler::SobolSampler(const SearchOptions&, SamplerInput input)
    : Sampler(std::move(input)), sequence_(sobol_sequence(space(), seed())) {}

std::optional<Assignment> SobolSampler::propose(std::int64_t, Rng&) {
  std::vector<double> unit = sequence_.next();
  unit.resize(space().size());
  return space().assign(unit);
}

}  // namespace jury
