// What the outputs of a network mean: from the last layer's sums to predictions.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "models/data/dataset.hpp"
#include "models/nn/table.hpp"

namespace jury {

/// The last step of a prediction. Losses work on the sums before it, where that is exact.
enum class Head : std::uint8_t {
  softmax,        ///< classes that exclude each other: probabilities
  sigmoid,        ///< each output for itself in (0, 1); of classes: normalised to sum 1 for predictions
  linear,         ///< values as the targets are scaled
  mean_variance,  ///< a mean and a variance of each target: all means first, then all variances
  exponential,    ///< rates exp(x), for counts
};

/// Every head there is, with the name that model.output knows.
std::span<const Entry<Head>> heads() noexcept;
/// "auto" and the names of all heads.
std::vector<std::string_view> head_choices();
std::string_view name(Head head) noexcept;

/// The head of a network: what model.output says, or for "auto" the first that suits train.loss and
/// the task. Throws ConfigError that names what suits when the three do not go together.
Head resolve_head(std::string_view output, std::string_view loss, TaskKind task);

/// Variance of a mean_variance head: softplus(sum) + 1e-6, of the scaled target (Lakshminarayanan et
/// al. 2017, section 2.2.1). NaN when the sum is not finite.
double variance_of(double sum) noexcept;

/// Numbers the last layer puts out per class or target: 2 for mean_variance, else 1.
std::size_t outputs_per_target(Head head) noexcept;
/// Whether regression targets are standardised for training: not where the head fixes their meaning
/// (sigmoid: values in [0, 1]; exponential: counts).
bool scales_targets(Head head) noexcept;

}  // namespace jury
