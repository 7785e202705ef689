// The last step of a prediction: from the sums of the last layer to what users see.
#pragma once

#include <span>

#include "models/nn/network.hpp"

namespace jury {

struct TargetScaler;

/// Fills out (rows, outputs) from sums (rows, outputs), both on 64 bytes and padded:
///
///   softmax        exp(x_c) / sum_k exp(x_k)
///   sigmoid        s(x) = 1 / (1 + exp(-x)); of classes s(x_c) / sum_k s(x_k), exact also where all
///                  of them are too small for a float
///   linear         values in the units of the targets; of classes x clipped to [0, 1], over their
///                  sum, all equal when that is 0
///   mean_variance  the means of the targets, then their variances, in their units
///   exponential    exp(x)
///
/// A sum that is not finite makes predictions that are not finite, but for the share of minus infinity
/// under softmax, which is 0. Expects a scaler exactly where regression targets are scaled
/// (scales_targets()), and whole rows.
void apply_head(const NetworkSpec& spec, const TargetScaler* scaler, std::span<const float> sums, std::span<float> out);

}  // namespace jury
