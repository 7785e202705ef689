// Bayesian optimisation with a Gaussian process.
#pragma once

#include <optional>

#include "search/sampler/gp_features.hpp"
#include "search/sampler/gp_model.hpp"
#include "search/sampler/sampler.hpp"
#include "search/sampler/sobol_sampler.hpp"

namespace jury {

/// Proposes the point of largest expected improvement of a Gaussian process (GpModel) fitted to the trials so far,
/// values standardised. Values may be noisy: what is to be improved on is the least posterior mean at a point tried,
/// not the least value (Vazquez, Villemonteix, Sidorkiewicz, Walter 2008). First come 2 Sobol points for each
/// parameter.
///
/// Pending trials count as if they had come out at the posterior mean (kriging believer: Ginsbourger, Le Riche,
/// Carraro 2010); failed ones as the worst value there is. Fidelities as with TpeSampler. Several objectives are scaled
/// to [0, 1] and joined with weights drawn for each proposal, max_k w_k f_k + 0.05 sum_k w_k f_k (ParEGO: Knowles
/// 2006).
///
/// Cost of a proposal: tens of milliseconds at 50 trials, growing with the cube up to gp.most_trials.
class GpSampler final : public Sampler {
 public:
  GpSampler(const SearchOptions& options, SamplerInput input);

 private:
  std::optional<Assignment> propose(std::int64_t trial, Rng& rng) override;
  void told(std::size_t) override { fitted_ = false; }

  std::vector<double> targets(const ModelData& data, Rng& rng) const;
  GpData observations(const ModelData& data, const std::vector<double>& targets) const;
  void fit(const GpData& data, Rng& rng);

  GpOptions options_;
  GpFeatures features_;
  SobolSequence first_points_;
  std::size_t num_startup_;
  std::optional<GpScales> scales_;  // of the last fit: where the next one begins
  bool fitted_ = false;             // to all that was told
};

}  // namespace jury
