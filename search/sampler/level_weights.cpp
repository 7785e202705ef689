#include "search/sampler/level_weights.hpp"

#include <algorithm>
#include <cmath>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

constexpr double kRate = 0.1;
constexpr double kSafe = 0.73;  // probability that all parameters take their likeliest levels in the end

}  // namespace

LevelWeights::LevelWeights(std::int64_t levels, std::size_t num_parameters)
    : weights_(static_cast<std::size_t>(levels), 1 / static_cast<double>(levels)), least_(0) {
  JURY_EXPECTS(levels >= 1 && num_parameters >= 1);
  if (levels == 1) return;
  const double lost = 1 - std::pow(kSafe, 1 / static_cast<double>(num_parameters));
  least_ = std::min(lost / static_cast<double>(levels - 1), weights_.front());
}

std::int64_t LevelWeights::draw(Rng& rng) const {
  double left = rng.uniform();
  std::size_t level = 0;
  while (level + 1 < weights_.size() && left >= weights_[level]) left -= weights_[level++];
  return static_cast<std::int64_t>(level);
}

void LevelWeights::update(std::span<const std::optional<std::int64_t>> ranked, std::span<const double> weights) {
  std::vector<double> share(weights_.size(), 0.0);
  double sum = 0;
  for (std::size_t i = 0; i < std::min(ranked.size(), weights.size()); ++i) {
    if (!ranked[i]) continue;
    share[static_cast<std::size_t>(*ranked[i])] += weights[i];
    sum += weights[i];
  }
  if (sum <= 0) return;
  // What is below the least takes from the others what they have above it.
  double lacking = 0;
  double above = 0;
  for (std::size_t k = 0; k < weights_.size(); ++k) {
    weights_[k] = (1 - kRate) * weights_[k] + kRate * share[k] / sum;
    (weights_[k] < least_ ? lacking : above) += std::abs(weights_[k] - least_);
  }
  for (double& weight : weights_)
    weight = weight < least_ ? least_ : weight - (above > 0 ? lacking * (weight - least_) / above : 0);
}

}  // namespace jury
