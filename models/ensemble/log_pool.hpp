// Many members' probabilities become one by their geometric mean.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/ensemble/combine.hpp"
#include "models/metrics/truth.hpp"

namespace jury {

/// The logarithmic opinion pool (Genest and Zidek 1986): exp(mean log p(c)), divided by its sum over
/// classes; the distribution of least mean divergence KL(pool || member), and the main prediction of
/// log loss (Heskes 1998). Probabilities are clipped at kSmallestProbability, so that one sure member
/// cannot rule a class out.
///
/// Running sums of logarithms, in double, in the order members are added; memory does not depend on
/// their number. Rows as in Combination: a NaN is a member that did not predict, and NaN where none did.
class LogPool {
 public:
  /// Expects Outcome::classes and num_outputs >= 1.
  explicit LogPool(const CombinationShape& shape);

  /// Adds one member's probabilities, (num_rows, num_outputs). Expects that size.
  void add(Predictions member);

  /// (num_rows, num_outputs) normalised geometric means.
  std::vector<float> mean() const;

 private:
  CombinationShape shape_;
  std::vector<std::int32_t> counts_;
  std::vector<double> logs_;
};

}  // namespace jury
