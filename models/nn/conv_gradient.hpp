// The gradient of a convolution's weights without oneDNN.
#pragma once

#include "models/nn/conv_layer.hpp"
#include "models/nn/plan_builder.hpp"

namespace jury {

/// Whether ours is the faster one, as far as that was measured: f32 images, a window of 3x3, at least 8 channels in
/// and as many out as fill strips, one group, and no AVX-512.
bool has_own_weight_gradient(const PlanBuilder& builder, const LayerNode& node, const ConvLayer::Window& window,
                             std::int32_t groups);

/// Adds the operation that writes node.grads[0] from node.src and node.d_dst.
void compile_weight_gradient(PlanBuilder& builder, const LayerNode& node, const ConvLayer::Window& window);

}  // namespace jury
