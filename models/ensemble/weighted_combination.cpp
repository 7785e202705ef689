#include "models/ensemble/weighted_combination.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/base/error.hpp"
#include "runtime/base/numbers.hpp"

namespace jury {
WeightedCombination::WeightedCombination(const CombinationShape& shape)
    : shape_(shape),
      totals_(shape.num_rows),
      mean_(shape.num_rows * shape.width()),
      spread_(mean_.size()),
      votes_(shape.outcome == Outcome::classes ? mean_.size() : 0) {
  JURY_EXPECTS(shape.num_outputs >= 1);
}

void WeightedCombination::add(Predictions member, std::span<const double> weights) {
  JURY_EXPECTS(member.size() == mean_.size() && weights.size() == shape_.num_rows);
  for (std::size_t row = 0; row < shape_.num_rows; ++row) {
    const Predictions f = row_of(member, row, shape_.width());
    const double weight = weights[row];
    if (!takes_part(weight) || !is_predicted(f)) continue;
    JURY_EXPECTS(std::isfinite(weight));
    totals_[row] += weight;
    const double share = weight / totals_[row];
    const std::size_t begin = row * shape_.width();
    for (std::size_t k = 0; k < f.size(); ++k) {
      const double value = static_cast<double>(f[k]);
      const double delta = value - mean_[begin + k];
      mean_[begin + k] += delta * share;
      spread_[begin + k] += weight * delta * (value - mean_[begin + k]);
    }
    if (!votes_.empty()) votes_[begin + static_cast<std::size_t>(predicted_label(f))] += weight;
  }
}

std::vector<float> WeightedCombination::mean() const {
  const std::size_t width = shape_.width(), outputs = shape_.num_outputs;
  std::vector<float> result(mean_.size(), kFloatNaN);
  for (std::size_t i = 0; i < result.size(); ++i) {
    const double total = totals_[i / width];
    if (!takes_part(total)) continue;
    const bool is_variance = i % width >= outputs;
    result[i] = static_cast<float>(is_variance ? mean_[i] + spread_[i - outputs] / total : mean_[i]);
  }
  return result;
}

std::vector<float> WeightedCombination::vote_share() const {
  std::vector<float> result(votes_.size(), kFloatNaN);
  for (std::size_t begin = 0; begin < result.size(); begin += shape_.num_outputs) {
    const double total = totals_[begin / shape_.num_outputs];
    if (!takes_part(total)) continue;
    const auto votes = std::span(votes_).subspan(begin, shape_.num_outputs);
    const auto share = std::span(result).subspan(begin, shape_.num_outputs);
    std::ranges::transform(votes, share.begin(), [&](double vote) { return static_cast<float>(vote / total); });
    const auto winner = static_cast<std::size_t>(std::ranges::max_element(votes) - votes.begin());
    if (static_cast<std::size_t>(predicted_label(share)) != winner)
      share[winner] = std::nextafter(share[winner], std::numeric_limits<float>::infinity());
  }
  return result;
}

}  // namespace jury
