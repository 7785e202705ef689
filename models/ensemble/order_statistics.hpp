// Combinations that look at the order of the members' predictions, and so need all members at once.
#pragma once

#include <span>
#include <vector>

#include "models/ensemble/combine.hpp"
#include "models/metrics/truth.hpp"

namespace jury {

// Each takes (members, num_rows, width) to (num_rows, width). Probabilities are taken class by class
// and divided by their sum (all equal when that is 0); beside the means of means and variances stand
// the variances of the mixture of the members that take part. A NaN is a member that did not predict
// the row; NaN where no member did. Each expects whole members.

/// Median over members; the mean of the middle two when their number is even.
/// O(members * num_rows * width).
std::vector<float> median(const CombinationShape& shape, Predictions members);

/// Mean over the members that are left when floor(trim * n) of the n that predicted a row are taken away
/// at either end. Of 0.1 and 25 members two go at each end. Expects trim in [0, 0.5).
/// O(members * log(members) * num_rows * width).
std::vector<float> trimmed_mean(const CombinationShape& shape, Predictions members, double trim);

/// Weighted median over members: the smallest prediction f with sum of w over predictions <= f at least
/// half of the sum of all w (AdaBoost.R2, Drucker 1997); target by target. Never between two members: a
/// tie of the halves goes to the lower prediction. Members that do not take part (see takes_part()) are
/// left out. Expects Outcome::values and weights (members), or (members, num_rows), none +infinity.
/// O(members * log(members) * num_rows * width).
std::vector<float> weighted_median(const CombinationShape& shape, Predictions members, std::span<const double> weights);

}  // namespace jury
