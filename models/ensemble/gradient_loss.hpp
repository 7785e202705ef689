// The losses that gradient boosting descends: their values, their slopes and where they start.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "models/ensemble/ensemble_options.hpp"
#include "models/metrics/truth.hpp"

namespace jury {

enum class GradientLoss : std::uint8_t { squared, absolute, huber, quantile, logistic, softmax };

/// As ensemble.gradient.loss has it.
std::string_view name(GradientLoss loss) noexcept;

/// The loss that ensemble.gradient.loss means for `num_outputs` classes or targets; 'auto': squared with
/// values, logistic with two classes, else softmax. Throws ConfigError when the loss is not of the
/// outcome, or logistic meets another number of classes than two.
GradientLoss resolve_gradient_loss(const GradientBoostingOptions& options, Outcome outcome, std::size_t num_outputs);

/// A loss with all its numbers, of a row's truth y and its values f of the additive function F. With r = y - f:
///
///   squared   r^2 / 2                                        quantile  q max(r, 0) + (1 - q) max(-r, 0)
///   absolute  |r|                                            logistic  log(1 + exp(f)) - [y = 1] f
///   huber     r^2 / 2, beyond |r| = d: d (|r| - d / 2)       softmax   log(sum_k exp(f_k)) - f_y
///
/// Losses of values are of each target; the loss of a row is their mean.
struct GradientRule {
  GradientLoss loss = GradientLoss::squared;
  std::size_t num_outputs = 1;      ///< classes or targets
  double quantile = 0.5;            ///< q
  std::vector<double> deltas = {};  ///< d of each target (huber); see huber_deltas()

  bool of_values() const noexcept { return loss < GradientLoss::logistic; }
  /// Numbers F has for a row.
  std::size_t width() const noexcept { return loss == GradientLoss::logistic ? 1 : num_outputs; }
};

/// The constants (width) that F starts from: the minimisers of the weighted loss (Friedman 2001), that is mean,
/// median (absolute and huber), quantile, the log-odds of class 1, or the logarithms of the classes' shares. A class
/// without rows counts kSmallestProbability, so they are finite. Throws DataError when the weights sum to nothing.
std::vector<double> initial_values(const GradientRule& rule, const Truth& truth);

/// Huber's d for each target: the weighted quantile of |y - F| at `share` (Friedman 2001, section 4.4); where
/// that is 0 the least |y - F| above it, so that a majority without error does not silence the rest.
std::vector<double> huber_deltas(const Truth& truth, std::span<const double> values, double share);

/// Values of F of one row become probabilities in place: that of class 1 (logistic), or of each class (softmax).
void to_probabilities(const GradientRule& rule, std::span<double> row);

/// The negative gradient of each row's loss at F = values, (rows, width): what a round's learner is to
/// predict. 0 at the kinks of absolute and quantile.
///
///   squared  r       absolute  sign r      huber  r within [-d, d]      quantile  q above, q - 1 below
///   logistic [y = 1] - p,  p = 1 / (1 + exp(-f))      softmax  [y = k] - p_k,  p = softmax(f)
std::vector<double> negative_gradient(const GradientRule& rule, const Truth& truth, std::span<const double> values);

/// Weighted mean of the loss at F = values, (rows, width): of each target, or a single one of classes.
std::vector<double> output_losses(const GradientRule& rule, const Truth& truth, std::span<const double> values);

/// Their mean: the loss of the rows, comparable between rounds and rows as long as the rule is the same.
double mean_loss(const GradientRule& rule, const Truth& truth, std::span<const double> values);

}  // namespace jury
