// Many members' predictions become one, each member with a weight of its own.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "models/ensemble/combine.hpp"
#include "models/metrics/truth.hpp"

namespace jury {

/// False for 0, for less and for NaN: such a member has no part in weighted combinations.
constexpr bool takes_part(double weight) noexcept { return weight > 0; }

/// Combination with weights w: mean sum(w f) / sum(w) as a running mean (West 1979, in double), and
/// votes that count w. Memory does not depend on the number of members; the order of adding decides
/// the last bits. When all weights are 1 the means have the bits of Combination::mean().
///
/// Means m and variances v become those of the members' mixture with shares w / sum(w): mean m, and
/// mean v + mean (m - mean m)^2.
///
/// A member that did not predict a row (NaN) does not count for it. Where no member of positive weight
/// predicted, everything is NaN.
class WeightedCombination {
 public:
  /// Expects num_outputs >= 1.
  explicit WeightedCombination(const CombinationShape& shape);

  /// Adds one member's predictions, (num_rows, width), and its weight in each row: (num_rows), because rows of
  /// several folds have members of several trainings. Expects those sizes and weights that are not +infinity.
  void add(Predictions member, std::span<const double> weights);
  void add(Predictions member, double weight) { add(member, std::vector<double>(shape_.num_rows, weight)); }

  const CombinationShape& shape() const noexcept { return shape_; }
  /// (num_rows) summed weights of the members that predicted each row.
  std::span<const double> totals() const noexcept { return totals_; }
  /// (num_rows, width) weighted mean probabilities or values, or mean and variance of the mixture.
  std::vector<float> mean() const;
  /// (num_rows, num_outputs) summed weights of the members whose most probable class this is, added in
  /// member order. Empty with Outcome::values.
  std::span<const double> votes() const noexcept { return votes_; }
  /// (num_rows, num_outputs) votes() over totals(). Empty with Outcome::values.
  ///
  /// Classes tie when their sums are equal doubles, and only then: where rounding to float32 would
  /// make the winner tie with a lower class, its share is the next larger float32. Weights such as 0.1,
  /// 0.2 and 0.3 do not sum exactly, so of two halves that are equal on paper either may win.
  std::vector<float> vote_share() const;

 private:
  CombinationShape shape_;
  std::vector<double> totals_;
  std::vector<double> mean_;
  std::vector<double> spread_;  // weighted sum of squared deviations from the mean
  std::vector<double> votes_;
};

}  // namespace jury
