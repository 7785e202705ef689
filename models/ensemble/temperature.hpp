// One number that makes a model less sure of itself, or more.
#pragma once

#include <span>

#include "models/metrics/truth.hpp"

namespace jury {

/// T in [0.01, 100] of least weighted log loss of p^(1/T), divided by its sum (Guo et al. 2017); 1 when T does not
/// matter. Expects Outcome::classes and a row that counts. O(rows * classes) a step, about ten steps.
double fit_temperature(const Truth& truth, Predictions probabilities);

/// The factor in [1e-12, 1e12] of all variances that maximises the weighted normal likelihood: mean (y - m)^2 / v.
/// Expects means and variances and a row that counts.
double fit_variance_factor(const Truth& truth, Predictions means_and_variances);

/// p^(1/T) divided by its sum, in place; the most probable class stays the same to the last bit. Expects a
/// predicted row and temperature > 0.
void apply_temperature(double temperature, std::span<float> p);

}  // namespace jury
