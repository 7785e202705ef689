// Activations as oneDNN applies them within a product or convolution.
#pragma once

#include "models/nn/activation.hpp"
#include "models/nn/onednn.hpp"

namespace jury {

/// Attributes of a primitive that ends with the activation. Expects can_fuse(activation).
dnnl::primitive_attr fused(Activation activation);

}  // namespace jury
