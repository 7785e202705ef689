// What members' scores say of their weights.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "models/metrics/truth.hpp"

namespace jury {

/// How a member did on rows it was not trained on: those out of its bag, or those held out.
struct HeldOutScore {
  double score = 0;          ///< accuracy with classes, mean squared error with values
  std::size_t num_rows = 0;  ///< it is the mean over so many rows
};

/// Weights of members whose errors are independent.
///
/// Classes: log(p / (1 - p)) + log(K - 1), where p is the member's chance to be right and K the number of
/// classes: the weighted plurality vote that is most likely right (Nitzan and Paroush 1982 for two
/// classes, Kuncheva 2004 for more; errors spread evenly over the wrong classes). p is smoothed as by
/// Laplace towards chance, (n accuracy + 1) / (n + K) of n rows, so that the weight is finite; at chance
/// (p = 1/K) and below the weight is 0, because a vote turned round is not this rule.
///
/// Values: 1 / mse, the combination of least variance (Bates and Granger 1969), relative to the pooled
/// error of all members, which also smooths it as one row more would:
/// w = P (n + 1) / (n mse + P) with P = sum(n mse) / sum(n). So w is in (0, n + 1], and 1 is average.
///
/// A member without rows or whose score is not finite weighs 0. When nothing tells members apart (all
/// would weigh 0, or every error is 0, or there is one class) those with a score weigh 1, or all when no
/// member has one. Expects num_classes >= 1 with classes, accuracies in [0, 1] and errors not negative.
std::vector<double> weights_from_scores(Outcome outcome, std::span<const HeldOutScore> scores,
                                        std::size_t num_classes = 0);

}  // namespace jury
