#include "models/ensemble/combine.hpp"

#include <cmath>

#include "runtime/base/error.hpp"
#include "runtime/base/numbers.hpp"

namespace jury {
Combination::Combination(const CombinationShape& shape)
    : shape_(shape),
      counts_(shape.num_rows),
      mean_(shape.num_rows * shape.width()),
      spread_(mean_.size()),
      votes_(shape.outcome == Outcome::classes ? mean_.size() : 0) {
  JURY_EXPECTS(shape.num_outputs >= 1);
}

void Combination::add(Predictions member) {
  JURY_EXPECTS(member.size() == mean_.size());
  ++num_members_;
  for (std::size_t row = 0; row < shape_.num_rows; ++row) {
    const Predictions f = row_of(member, row, shape_.width());
    if (!is_predicted(f)) continue;
    const double share = 1.0 / ++counts_[row];
    const std::size_t begin = row * shape_.width();
    double *const mean = mean_.data() + begin, *const spread = spread_.data() + begin;
    for (std::size_t k = 0; k < f.size(); ++k) {
      const double value = static_cast<double>(f[k]);
      const double delta = value - mean[k], next = mean[k] + delta * share;
      mean[k] = next;
      spread[k] += delta * (value - next);
    }
    if (!votes_.empty()) ++votes_[begin + static_cast<std::size_t>(predicted_label(f))];
  }
}

std::vector<float> Combination::mean() const {
  const std::size_t width = shape_.width(), outputs = shape_.num_outputs;
  std::vector<float> result(mean_.size(), kFloatNaN);
  for (std::size_t i = 0; i < result.size(); ++i) {
    const std::int32_t count = counts_[i / width];
    if (count == 0) continue;
    const bool is_variance = i % width >= outputs;
    result[i] = static_cast<float>(is_variance ? mean_[i] + spread_[i - outputs] / count : mean_[i]);
  }
  return result;
}

std::vector<float> Combination::deviation() const {
  std::vector<float> result(shape_.num_rows * shape_.num_outputs, kFloatNaN);
  for (std::size_t i = 0; i < result.size(); ++i) {
    const std::size_t row = i / shape_.num_outputs, k = i % shape_.num_outputs;
    if (const std::int32_t count = counts_[row]; count > 0)
      result[i] = static_cast<float>(std::sqrt(spread_[row * shape_.width() + k] / count));
  }
  return result;
}

std::vector<float> Combination::vote_share() const {
  std::vector<float> result(votes_.size(), kFloatNaN);
  for (std::size_t i = 0; i < result.size(); ++i)
    if (const std::int32_t count = counts_[i / shape_.num_outputs]; count > 0)
      result[i] = static_cast<float>(static_cast<double>(votes_[i]) / count);
  return result;
}

std::vector<std::int32_t> Combination::label_mean() const {
  return shape_.outcome == Outcome::classes ? labels_of(mean(), shape_.num_outputs) : std::vector<std::int32_t>{};
}

std::vector<std::int32_t> Combination::label_vote() const { return labels_of(vote_share(), shape_.num_outputs); }

std::vector<std::int32_t> labels_of(Predictions predictions, std::size_t num_outputs) {
  JURY_EXPECTS(num_outputs >= 1 && predictions.size() % num_outputs == 0);
  std::vector<std::int32_t> labels(predictions.size() / num_outputs, -1);
  for (std::size_t row = 0; row < labels.size(); ++row)
    if (const Predictions p = row_of(predictions, row, num_outputs); is_predicted(p)) labels[row] = predicted_label(p);
  return labels;
}

SizeScores score_combination(const Combination& combination, const Truth& truth,
                             std::span<const Metric* const> metrics) {
  SizeScores scores{.size = combination.num_members(), .mean = {}, .vote = {}};
  const std::vector<float> mean = combination.mean();
  const std::vector<float> share = combination.vote_share();
  for (const Metric* metric : metrics) {
    scores.mean.push_back(score(*metric, truth, mean));
    if (truth.outcome == Outcome::classes) scores.vote.push_back(score(*metric, truth, share));
  }
  return scores;
}

std::vector<SizeScores> scores_by_size(const Truth& truth, Predictions members,
                                       std::span<const Metric* const> metrics) {
  const std::size_t cells = truth.num_rows() * truth.width();
  JURY_EXPECTS(cells > 0 && members.size() % cells == 0);
  Combination combination({truth.outcome, truth.num_rows(), truth.num_outputs, truth.kind});
  std::vector<SizeScores> scores;
  for (; !members.empty(); members = members.subspan(cells)) {
    combination.add(members.first(cells));
    scores.push_back(score_combination(combination, truth, metrics));
  }
  return scores;
}

void normalise(std::span<double> shares) {
  double sum = 0;
  for (const double share : shares) sum += share;
  for (double& share : shares) share = sum > 0 ? share / sum : 1.0 / static_cast<double>(shares.size());
}

}  // namespace jury
