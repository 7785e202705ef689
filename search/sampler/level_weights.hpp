// Probabilities of unordered levels that move towards those of good trials.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "runtime/base/rng.hpp"

namespace jury {

/// A distribution q over K levels, uniform at first: q <- (1 - rate) q + rate * share of the ranked trials, by the
/// natural gradient of a categorical distribution (CatCMA: Hamano, Saito, Nomura, Uchida, Shirakawa 2024). No level
/// falls below (1 - 0.73^(1 / C)) / (K - 1), C the number of such parameters, so that none is lost for ever.
class LevelWeights {
 public:
  /// Expects levels >= 1, num_parameters >= 1.
  LevelWeights(std::int64_t levels, std::size_t num_parameters);

  std::int64_t draw(Rng& rng) const;
  /// Levels of trials from the best on, nothing where the parameter is not active, and how much each counts.
  void update(std::span<const std::optional<std::int64_t>> ranked, std::span<const double> weights);
  const std::vector<double>& weights() const noexcept { return weights_; }

 private:
  std::vector<double> weights_;
  double least_;
};

}  // namespace jury
