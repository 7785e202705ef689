#include "models/ensemble/combine.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

// The middle of `values`, which is reordered; the mean of the middle two of an even number.
double median_of(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return 0.5 * (*std::max_element(values.begin(), middle) + *middle);
}

// The variances of the mixture of all members, in their places in `result`.
void fill_variances(const CombinationShape& shape, Predictions members, std::vector<float>& result) {
  Combination mixture(shape);
  for (; !members.empty(); members = members.subspan(result.size())) mixture.add(members.first(result.size()));
  const std::vector<float> mean = mixture.mean();
  for (std::size_t i = 0; i < result.size(); ++i)
    if (i % shape.width() >= shape.num_outputs) result[i] = mean[i];
}

// Divides the medians of a row's classes by their sum; they are equal when there is nothing to divide.
void normalise(std::vector<double>& row) {
  double sum = 0;
  for (const double p : row) sum += p;
  for (double& p : row) p = sum > 0 ? p / sum : 1.0 / static_cast<double>(row.size());
}

}  // namespace

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
    for (std::size_t k = 0; k < f.size(); ++k) {
      const double value = static_cast<double>(f[k]);
      const double delta = value - mean_[begin + k];
      mean_[begin + k] += delta * share;
      spread_[begin + k] += delta * (value - mean_[begin + k]);
    }
    if (!votes_.empty()) ++votes_[begin + static_cast<std::size_t>(predicted_label(f))];
  }
}

std::vector<float> Combination::mean() const {
  const std::size_t width = shape_.width(), outputs = shape_.num_outputs;
  std::vector<float> result(mean_.size(), kNaN);
  for (std::size_t i = 0; i < result.size(); ++i) {
    const std::int32_t count = counts_[i / width];
    if (count == 0) continue;
    const bool is_variance = i % width >= outputs;
    result[i] = static_cast<float>(is_variance ? mean_[i] + spread_[i - outputs] / count : mean_[i]);
  }
  return result;
}

std::vector<float> Combination::deviation() const {
  std::vector<float> result(shape_.num_rows * shape_.num_outputs, kNaN);
  for (std::size_t i = 0; i < result.size(); ++i) {
    const std::size_t row = i / shape_.num_outputs, k = i % shape_.num_outputs;
    if (const std::int32_t count = counts_[row]; count > 0)
      result[i] = static_cast<float>(std::sqrt(spread_[row * shape_.width() + k] / count));
  }
  return result;
}

std::vector<float> Combination::vote_share() const {
  std::vector<float> result(votes_.size(), kNaN);
  for (std::size_t i = 0; i < result.size(); ++i)
    if (const std::int32_t count = counts_[i / shape_.num_outputs]; count > 0)
      result[i] = static_cast<float>(static_cast<double>(votes_[i]) / count);
  return result;
}

std::vector<std::int32_t> Combination::label_mean() const {
  return shape_.outcome == Outcome::classes ? labels_of(mean(), shape_.num_outputs) : std::vector<std::int32_t>{};
}

std::vector<std::int32_t> Combination::label_vote() const {
  return labels_of(vote_share(), shape_.num_outputs);
}

std::vector<std::int32_t> labels_of(Predictions predictions, std::size_t num_outputs) {
  JURY_EXPECTS(num_outputs >= 1 && predictions.size() % num_outputs == 0);
  std::vector<std::int32_t> labels(predictions.size() / num_outputs, -1);
  for (std::size_t row = 0; row < labels.size(); ++row)
    if (const Predictions p = row_of(predictions, row, num_outputs); is_predicted(p)) labels[row] = predicted_label(p);
  return labels;
}

std::vector<float> median(const CombinationShape& shape, Predictions members) {
  const std::size_t cells = shape.num_rows * shape.width();
  JURY_EXPECTS(cells > 0 && members.size() % cells == 0);
  std::vector<float> result(cells, kNaN);
  std::vector<std::size_t> present;
  std::vector<double> values;
  std::vector<double> middle(shape.num_outputs);
  for (std::size_t row = 0; row < shape.num_rows; ++row) {
    const std::size_t begin = row * shape.width();
    present.clear();
    for (std::size_t at = begin; at < members.size(); at += cells)
      if (is_predicted(members.subspan(at, shape.width()))) present.push_back(at);
    if (present.empty()) continue;
    for (std::size_t k = 0; k < shape.num_outputs; ++k) {
      values.clear();
      for (const std::size_t at : present) values.push_back(static_cast<double>(members[at + k]));
      middle[k] = median_of(values);
    }
    if (shape.outcome == Outcome::classes) normalise(middle);
    for (std::size_t k = 0; k < shape.num_outputs; ++k) result[begin + k] = static_cast<float>(middle[k]);
  }
  if (shape.width() > shape.num_outputs) fill_variances(shape, members, result);
  return result;
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

}  // namespace jury
