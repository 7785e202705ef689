// Covariance matrix adaptation as a sampler.
#pragma once

#include <map>
#include <vector>

#include "search/sampler/cma_es.hpp"
#include "search/sampler/level_weights.hpp"
#include "search/sampler/sampler.hpp"

namespace jury {

/// CMA-ES (CmaEs) on the unit cube of the ordered parameters, levels by the cell that is hit; unordered ones are drawn
/// from LevelWeights. Ordered levels keep a deviation of 0.3 cells, so that none is lost for ever (after Hansen 2011).
/// When the strategy is stuck it begins anew, at a random point with twice the population (IPOP: Auger, Hansen 2005).
///
/// Trials form generations by their order: the next lambda are one, and when all of them are told the distribution
/// moves on. Who asks before that draws from the distribution there is, so workers never wait. Trials are ranked
/// by the highest fidelity they were told at, then by value (several objectives: ranking()); failed ones do not count.
class CmaEsSampler final : public Sampler {
 public:
  CmaEsSampler(const SearchOptions& options, SamplerInput input);

 private:
  std::optional<Assignment> propose(std::int64_t trial, Rng& rng) override;
  void told(std::size_t position) override;

  CmaEs start(Eigen::VectorXd mean, std::size_t population) const;
  Eigen::VectorXd point_of(const PastTrial& trial) const;
  bool generation_is_told() const;
  std::vector<const PastTrial*> ranked_generation() const;
  void learn(const std::vector<const PastTrial*>& ranked);

  CmaEsOptions options_;
  std::vector<std::size_t> ordered_;               // parameters that are coordinates of the cube
  std::map<std::size_t, LevelWeights> unordered_;  // by parameter
  CmaEs strategy_;
  std::map<std::int64_t, Eigen::VectorXd> drawn_;  // of trials whose generation has not ended
  std::size_t generation_begin_ = 0;               // position in the history
  std::int64_t num_restarts_ = 0;
};

}  // namespace jury
