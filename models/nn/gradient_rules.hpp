// What happens to gradients before a step, and to weights around it.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "models/nn/network.hpp"
#include "models/nn/train_options.hpp"

namespace jury {

/// The rules of [train] that work on flat blocks in canonical order, in the order of a step:
///
///   rules.before_step(params, grads);  // weight_decay, l1, clip_value, clip_norm
///   rules.decay(params, lr);           // weight_decay of an optimizer with decoupled_decay
///   optimizer->step(params, grads, lr);
///   rules.after_step(params);          // max_norm
///
/// Decay and norms concern tensors of weights alone, never biases, and no layer that is frozen. Immutable; what is not
/// asked for costs nothing. Expects blocks of at least num_parameters() floats.
class GradientRules {
 public:
  GradientRules(const Network& network, const TrainOptions& options);

  /// With g over weights: g += weight_decay * w (unless decoupled), then g += l1 * sign(w). Then, over all
  /// of grads and so with those terms in it: every value into [-clip_value, clip_value], and, where
  /// its norm exceeds clip_norm, grads *= clip_norm / norm (Pascanu, Mikolov, Bengio 2013).
  void before_step(std::span<const float> params, std::span<float> grads) const noexcept;

  /// w *= 1 - lr * weight_decay (Loshchilov and Hutter 2019), if the optimizer decouples it.
  void decay(std::span<float> params, double lr) const noexcept;

  /// The weights that come into one unit, a row (outputs, rest) of their tensor, are scaled to the norm
  /// max_norm where theirs exceeds it (Srivastava et al. 2014).
  void after_step(std::span<float> params) const noexcept;

 private:
  struct Range {
    std::size_t offset, units, inputs;
    std::size_t size() const noexcept { return units * inputs; }
  };
  std::vector<Range> weights_;
  double l2_, decoupled_, l1_, clip_value_, clip_norm_, max_norm_;
};

}  // namespace jury
