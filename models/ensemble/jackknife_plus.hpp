// Intervals with a guarantee, from one bagged run and no row held out.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "models/ensemble/bag_table.hpp"
#include "models/metrics/interval.hpp"
#include "models/metrics/truth.hpp"

namespace jury {

/// Jackknife+ after bootstrap (Kim, Xu, Barber 2020). With m(-i) the mean of members without training row i in their
/// bag and R_i = |y_i - m(-i)(x_i)|, the interval of a new x reaches
///
///   from the k'-th smallest of m(-i)(x) - R_i, k' = floor(alpha (n + 1)),
///   to   the k-th smallest of  m(-i)(x) + R_i, k  = ceil((1 - alpha)(n + 1)),
///
/// infinite when n is too small. It holds the truth of an exchangeable row with probability at least
/// 1 - 2 alpha, and in practice about 1 - alpha (the theorem wants a binomial number of members). Several
/// targets each have their own interval. Only for values.
class JackknifePlus {
 public:
  /// Truth of the n training rows and the mean of the out-of-bag members' predictions, (rows, truth.width()).
  /// Rows without one (NaN) are left out. Throws ConfigError with classes. Expects shapes that agree.
  JackknifePlus(const Truth& truth, Predictions out_of_bag_mean);

  /// With R_i that are known, (rows, num_outputs): stored ones. Expects whole rows.
  JackknifePlus(std::size_t num_outputs, std::vector<double> residuals);

  /// R_i, (rows, num_outputs); NaN where left out.
  std::span<const double> residuals() const noexcept { return residuals_; }

  /// Training rows that no member left out of its bag.
  std::size_t num_left_out() const noexcept { return num_left_out_; }

  /// (table.num_rows, num_outputs); NaN where no member predicted. A training row counts for a new row when a member
  /// without it predicted that. Expects a table of the same training rows and targets, and 0 < alpha < 1.
  /// O(members * training rows * cells).
  std::vector<Interval> intervals(const BagTable& table, double alpha) const;

 private:
  std::size_t num_outputs_;
  std::size_t num_left_out_ = 0;
  std::vector<double> residuals_;  // (rows, num_outputs), NaN where left out
};

}  // namespace jury
