// Activations of flat arrays.
#pragma once

#include <cstddef>

#include "models/nn/activation.hpp"

namespace jury {

/// dst[i] = activation(src[i]), i < size; dst may be src.
void activation_forward(Activation activation, const float* src, float* dst, std::size_t size) noexcept;

/// d_dst[i] *= activation'(src[i]), i < size.
void activation_backward_from_source(Activation activation, const float* src, float* d_dst, std::size_t size) noexcept;

}  // namespace jury
