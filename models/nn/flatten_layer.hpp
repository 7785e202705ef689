// From images to flat samples.
#pragma once

#include "models/nn/layer.hpp"

namespace jury {

struct FlattenOptions {
  static void fields(auto&, auto&&) {}
};

/// dst = the values of src, channels first: (channels, height, width) in row-major order.
class FlattenLayer final : public Layer {
 public:
  explicit FlattenLayer(const FlattenOptions&) {}
  Shape output(std::span<const Shape> srcs) const override { return {static_cast<std::int32_t>(volume(only(srcs)))}; }
  void compile(PlanBuilder& builder, const LayerNode& node) const override;
};

}  // namespace jury
