// The tree-structured Parzen estimator.
#pragma once

#include "search/sampler/sampler.hpp"

namespace jury {

/// TPE (Bergstra, Bardenet, Bengio, Kegl 2011), multivariate, with the defaults of Watanabe 2023: the best
/// min(25, ceil(0.15 n)) of n trials are good, the others bad; 24 points are drawn from the density l of the good, and
/// that with the largest l / g, g the density of the bad, is proposed. Good trials weigh as much as they are better
/// than the best bad one (with several objectives: all the same; good is who ranks first, see ranking()).
///
/// Failed and infeasible trials are bad. Pending ones are, too (constant liar), so that workers side by side spread
/// out. With fidelities the model is that of BOHB (Falkner, Klein, Hutter 2018): of the highest one at
/// which parameters + 3 trials have values; tpe.random_fraction of the proposals are random.
class TpeSampler final : public Sampler {
 public:
  TpeSampler(const SearchOptions& options, SamplerInput input);

 private:
  std::optional<Assignment> propose(std::int64_t trial, Rng& rng) override;

  TpeOptions options_;
};

}  // namespace jury
