// The formulas behind the table of scores. Call score(), which checks what these expect.
#pragma once

#include "models/metrics/truth.hpp"

namespace jury {

// Of probabilities; the definitions are at metrics().
double accuracy(const Truth& truth, Predictions probabilities);
double balanced_accuracy(const Truth& truth, Predictions probabilities);
double log_loss(const Truth& truth, Predictions probabilities);
double brier(const Truth& truth, Predictions probabilities);
double expected_calibration_error(const Truth& truth, Predictions probabilities);

// Of values; the definitions are at metrics().
double mean_squared_error(const Truth& truth, Predictions values);
double root_mean_squared_error(const Truth& truth, Predictions values);
double mean_absolute_error(const Truth& truth, Predictions values);
double r_squared(const Truth& truth, Predictions values);
double negative_log_likelihood(const Truth& truth, Predictions means_and_variances);
double poisson_deviance(const Truth& truth, Predictions rates);
double binary_log_loss(const Truth& truth, Predictions probabilities);
double pinball(const Truth& truth, Predictions quantiles);

}  // namespace jury
