#include "models/nn/gradient_rules.hpp"

#include <cmath>

#include "models/nn/kernels.hpp"
#include "models/nn/optimizer.hpp"
#include "models/nn/optimizer_kernels.hpp"

namespace jury {
namespace {

bool is_decoupled(const TrainOptions& options) {
  return find(optimizers(), "optimizer", options.optimizer).decoupled_decay;
}

}  // namespace

GradientRules::GradientRules(const Network& network, const TrainOptions& options)
    : l2_(is_decoupled(options) ? 0 : options.weight_decay),
      decoupled_(is_decoupled(options) ? options.weight_decay : 0),
      l1_(options.l1),
      clip_value_(options.clip_value),
      clip_norm_(options.clip_norm),
      max_norm_(options.max_norm) {
  for (const Network::Node& node : network.nodes()) {
    if (!node.trains()) continue;  // its gradients stay zero
    for (const Tensor& tensor : std::span(network.tensors()).subspan(node.first_tensor, node.num_tensors)) {
      if (tensor.role != Tensor::Role::weights) continue;
      const auto units = static_cast<std::size_t>(tensor.shape.front());
      weights_.push_back({.offset = tensor.offset, .units = units, .inputs = volume(tensor.shape) / units});
    }
  }
}

void GradientRules::before_step(std::span<const float> params, std::span<float> grads) const noexcept {
  for (const Range& range : weights_) {
    const float* weights = params.data() + range.offset;
    float* gradient = grads.data() + range.offset;
    if (l2_ > 0) add_scaled(static_cast<float>(l2_), weights, gradient, range.size());
    if (l1_ > 0) add_signs(static_cast<float>(l1_), weights, gradient, range.size());
  }
  if (clip_value_ > 0) clip_values(static_cast<float>(clip_value_), grads.data(), grads.size());
  if (clip_norm_ > 0) {
    const double norm = std::sqrt(sum_squares(grads.data(), grads.size()));
    if (norm > clip_norm_) scale(static_cast<float>(clip_norm_ / norm), grads.data(), grads.size());
  }
}

void GradientRules::decay(std::span<float> params, double lr) const noexcept {
  if (!(decoupled_ > 0)) return;
  const auto factor = static_cast<float>(1 - lr * decoupled_);
  for (const Range& range : weights_) scale(factor, params.data() + range.offset, range.size());
}

void GradientRules::after_step(std::span<float> params) const noexcept {
  if (!(max_norm_ > 0)) return;
  for (const Range& range : weights_)
    limit_rows({.limit = max_norm_, .x = params.data() + range.offset, .rows = range.units, .cols = range.inputs});
}

}  // namespace jury
