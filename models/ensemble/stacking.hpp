// Stacking: a meta model is fitted on what the bases predicted for rows they were not trained on.
#pragma once

#include <span>

#include "models/ensemble/ensemble_options.hpp"
#include "models/ensemble/stack_model.hpp"
#include "models/metrics/truth.hpp"

namespace jury {

/// Throws ConfigError when the meta model is unknown or not for this outcome, or predictions are quantiles, whose
/// stack would be a mean.
void check_stacking(const StackOptions& options, Outcome outcome, ValueKind kind);

/// Fits options.meta with options.ridge on the bases' predictions, each (rows, truth.width()), of rows
/// that no base was trained on (Wolpert 1992); with predictions out of inner folds this is the super
/// learner (van der Laan, Polley and Hubbard 2007). Of means and variances the means are fitted.
///
/// Rows of weight 0 and rows where a base's prediction is not finite are left out. Throws ConfigError as
/// check_stacking(), DataError when no row is left. Expects at least one base, a ridge of at least 0, and sizes that
/// agree. O(rows * bases^2) per output; logistic O(rows * (bases * classes)^2) per step.
StackModel fit_stack(const StackOptions& options, const Truth& truth, std::span<const Predictions> bases);

}  // namespace jury
