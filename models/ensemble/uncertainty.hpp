// How unsure an ensemble is of each row, and why.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/ensemble/combine.hpp"
#include "models/metrics/truth.hpp"

namespace jury {

/// Uncertainty of each row taken apart, over members in the order they are added. Memory does not
/// depend on the number of members.
///
/// Classes, in nats, H(p) = -sum_c p(c) log p(c), probabilities divided by their sum (Houlsby et al. 2011;
/// Depeweg et al. 2018):
///   total      H(mean_m p_m), predictive entropy
///   aleatoric  mean_m H(p_m), expected entropy: what is left when all members agree
///   epistemic  total - aleatoric >= 0, mutual information (BALD): how much members disagree
/// Values, in the target's units squared, by the law of total variance:
///   aleatoric  mean_m v_m, of members that predict variances
///   epistemic  mean_m (f_m - mean f)^2, divided by the number of members
///   total      their sum
///
/// A member that did not predict a row (NaN) does not count for it; where none did all is NaN.
class Uncertainty {
 public:
  /// Expects num_outputs >= 1.
  explicit Uncertainty(const CombinationShape& shape);

  /// Adds one member's predictions, (num_rows, width). Expects that size.
  void add(Predictions member);

  /// (num_rows) how many members predicted each row.
  std::span<const std::int32_t> counts() const noexcept { return counts_; }

  /// Numbers a row of the results has: 1 with classes, num_outputs with values.
  std::size_t num_columns() const noexcept { return shape_.outcome == Outcome::classes ? 1 : shape_.num_outputs; }
  /// (num_rows, num_columns). Members without variances have no aleatoric and total: empty.
  std::vector<float> total() const;
  std::vector<float> aleatoric() const;
  std::vector<float> epistemic() const;

 private:
  bool has_variances() const noexcept { return shape_.width() > shape_.num_outputs; }
  double total_entropy(std::size_t row) const noexcept;

  CombinationShape shape_;
  std::vector<std::int32_t> counts_;
  std::vector<double> mean_;     // (num_rows, width) of the members' predictions
  std::vector<double> spread_;   // (num_rows, num_outputs) sum of squared deviations, of values
  std::vector<double> entropy_;  // (num_rows) mean over members, of classes
};

/// The columns of an Uncertainty of all rows: of classes (rows) entropies in nats, of means and variances (rows,
/// targets) variances. Empty where there are none.
struct RowUncertainty {
  std::vector<float> total = {}, aleatoric = {}, epistemic = {};
};

}  // namespace jury
