// Independent draws from the space.
#pragma once

#include "search/sampler/sampler.hpp"

namespace jury {

/// Each trial is drawn from the distributions of the space, whatever came of the others (Bergstra, Bengio 2012).
class RandomSampler final : public Sampler {
 public:
  RandomSampler(const SearchOptions&, SamplerInput input) : Sampler(std::move(input)) {}

 private:
  std::optional<Assignment> propose(std::int64_t, Rng& rng) override { return draw(rng); }
};

}  // namespace jury
