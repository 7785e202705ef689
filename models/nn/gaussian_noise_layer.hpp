// Gaussian noise.
#pragma once

#include "models/nn/layer.hpp"
#include "runtime/base/options.hpp"

namespace jury {

struct GaussianNoiseOptions {
  double deviation = 0.1;

  static void fields(auto& self, auto&& visit) {
    visit("deviation", self.deviation, Field{.help = "standard deviation of what is added", .low = 0, .high = 1e3});
  }
};

/// dst = src + deviation * z, z standard normal, anew at each step; absent from inference (Bishop 1995).
/// z is a function of (dropout key, layer, step) and its place in the batch alone.
class GaussianNoiseLayer final : public Layer {
 public:
  explicit GaussianNoiseLayer(const GaussianNoiseOptions& options) : deviation_(options.deviation) {}

  Shape output(std::span<const Shape> srcs) const override { return only(srcs); }
  Runs runs() const noexcept override { return Runs::in_training; }
  void compile(PlanBuilder& builder, const LayerNode& node) const override;

 private:
  double deviation_;
};

}  // namespace jury
