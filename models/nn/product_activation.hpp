// An activation at the end of a product: within it where oneDNN can, else as a pass of its own.
#pragma once

#include <optional>

#include "models/nn/activation.hpp"
#include "models/nn/plan_builder.hpp"

namespace jury {

/// What dense layers and convolutions do beside their products. Values are a (places, width) matrix,
/// width being the units or channels.
class ProductActivation {
 public:
  ProductActivation(PlanBuilder& builder, const LayerNode& node, Activation activation);

  /// Where the product writes, and what it applies itself.
  Buffer sums() const noexcept { return sums_; }
  Activation fused() const noexcept;

  /// After the product.
  void forward();
  /// Before the products of the gradients: node.d_dst becomes the gradient of the sums, and d_bias, if
  /// there is any, its column sums.
  void backward(std::optional<Buffer> d_bias);

 private:
  PlanBuilder& builder_;
  const LayerNode& node_;
  Activation activation_;
  Buffer sums_;
};

}  // namespace jury
