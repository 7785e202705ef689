// Many members' predictions become one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/metrics/scores.hpp"
#include "models/metrics/truth.hpp"

namespace jury {

/// What is combined: `num_rows` rows of `num_outputs` classes or targets.
struct CombinationShape {
  Outcome outcome = Outcome::classes;
  std::size_t num_rows = 0;
  std::size_t num_outputs = 0;
  ValueKind kind = ValueKind::values;  ///< with Outcome::values

  std::size_t width() const noexcept { return prediction_width(kind, num_outputs); }  ///< of a row of predictions
};

/// The running combination of members, in the order they are added: means, deviations (Welford, in
/// double) and votes. Memory does not depend on the number of members, and every prefix of the
/// members can be read on the way. The order decides the last bits: always add in member order.
///
/// Means m and variances v become those of the members' mixture with equal shares: mean m, and
/// mean v + mean (m - mean m)^2 (Lakshminarayanan et al. 2017).
///
/// A member that did not predict a row (NaN: the row was in its bag) does not count for that row.
/// Where no member predicted, means are NaN and labels -1.
class Combination {
 public:
  /// Expects num_outputs >= 1.
  explicit Combination(const CombinationShape& shape);

  /// Adds one member's predictions, (num_rows, width). Expects that size.
  void add(Predictions member);

  const CombinationShape& shape() const noexcept { return shape_; }
  std::size_t num_members() const noexcept { return num_members_; }

  /// (num_rows) how many members predicted each row.
  std::span<const std::int32_t> counts() const noexcept { return counts_; }
  /// (num_rows, width) mean probabilities or values, or mean and variance of the mixture.
  std::vector<float> mean() const;
  /// (num_rows, num_outputs) standard deviation of probabilities or values over members, divided by their number (not
  /// less one): its square is the variance of a bias-variance decomposition over these members.
  std::vector<float> deviation() const;
  /// (num_rows, num_outputs) members whose most probable class this is (ties to the lowest class).
  /// Empty with Outcome::values.
  std::span<const std::int32_t> votes() const noexcept { return votes_; }
  /// (num_rows, num_outputs) votes over members that voted: the probabilities a vote stands for.
  /// Empty with Outcome::values.
  std::vector<float> vote_share() const;
  /// (num_rows) most probable class of mean(); ties to the lowest class. Empty with Outcome::values.
  std::vector<std::int32_t> label_mean() const;
  /// (num_rows) class with most votes (plurality); ties to the lowest class. Empty with Outcome::values.
  std::vector<std::int32_t> label_vote() const;

 private:
  CombinationShape shape_;
  std::size_t num_members_ = 0;
  std::vector<std::int32_t> counts_;
  std::vector<double> mean_;
  std::vector<double> spread_;  // sum of squared deviations from the mean
  std::vector<std::int32_t> votes_;
};

/// Most probable class of each row, (num_rows, num_outputs) -> (num_rows); -1 where the row was not
/// predicted.
///
/// Ties are broken here, and the same way for every combination: the label is the lowest class among
/// those of equal float32 share in the combined row, so that a reader of the stored shares finds the
/// label that was scored. A member's own vote is broken the same way (predicted_label() of its row).
/// Shares of votes and of weighted votes never tie by rounding: see WeightedCombination::vote_share().
std::vector<std::int32_t> labels_of(Predictions predictions, std::size_t num_outputs);

/// Scores of an ensemble of `size` members, one per metric.
struct SizeScores {
  std::size_t size = 0;
  std::vector<double> mean;  ///< of the mean prediction
  std::vector<double> vote;  ///< of the vote shares; empty with Outcome::values
};

/// Scores of what has been combined so far. Expects truth and shape to agree.
SizeScores score_combination(const Combination& combination, const Truth& truth,
                             std::span<const Metric* const> metrics);

/// Scores of the first 1, 2, ..., M members of (M, num_rows, width). Expects M whole members.
std::vector<SizeScores> scores_by_size(const Truth& truth, Predictions members, std::span<const Metric* const> metrics);

/// Divides shares by their sum; equal ones where it is 0.
void normalise(std::span<double> shares);

}  // namespace jury
