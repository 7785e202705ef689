// How far gradient boosting goes along what a round's learner predicts.
#pragma once

#include <span>
#include <vector>

#include "models/ensemble/gradient_loss.hpp"

namespace jury {

/// Friedman's line search (2001, algorithm 1): g that minimises sum_i w_i loss(y_i, F_i + g h_i), a number per
/// value of F. Each target has its own, all classes have one in common.
///
///   squared             sum w r h / sum w h^2
///   absolute, quantile  the weighted quantile of r / h with weights w |h|, at the share at which the slope changes its
///   sign huber               where the slope, piecewise linear in g, is 0 logistic, softmax   Newton's steps from 0
///   within a bracket that shrinks; no value of F is moved by more than
///                       kLargestMove, which is where the search ends when h parts the classes without error
///
/// It may be negative, where h points uphill; 0 where h is 0. O(rows log rows).
///
/// values: F, and h: the learner's predictions, both (rows, width). Expects h to be finite.
std::vector<double> step_lengths(const GradientRule& rule, const Truth& truth, std::span<const double> values,
                                 Predictions h);

inline constexpr double kLargestMove = 10;  ///< of log-odds in a round, before the learning rate

}  // namespace jury
