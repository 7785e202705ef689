// Quantiles of weighted values.
#pragma once

#include <vector>

namespace jury {

struct WeightedValue {
  double value = 0;
  double weight = 1;  ///< not negative
};

/// The least value v with at least `share` of the weight at or below it; where exactly that share is (to 1e-12 of
/// the weight), the middle between v and the next larger value of some weight, so that the median of 1, 2, 3, 4
/// is 2.5. Every such value minimises sum_i w_i rho(x_i - v), rho(r) = share max(r, 0) + (1 - share) max(-r, 0)
/// (Koenker, Bassett 1978). A weight of 2 is the same as the value twice. O(n log n).
///
/// Expects share in [0, 1] and some weight.
double weighted_quantile(std::vector<WeightedValue> values, double share);

}  // namespace jury
