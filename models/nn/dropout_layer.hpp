// Dropout.
#pragma once

#include <cstdint>

#include "models/nn/layer.hpp"
#include "runtime/base/options.hpp"

namespace jury {

struct DropoutOptions {
  double rate = 0.5;

  static void fields(auto& self, auto&& visit) {
    visit("rate", self.rate, Field{.help = "share of values dropped", .low = 0, .high = 0.95});
  }
};

/// dst = src * mask, mask = 0 with probability rate and 1 / (1 - rate) otherwise, anew at each step;
/// absent from inference but for PlanOptions::dropout (Srivastava et al. 2014, scaled while training). The mask of a
/// step is a function of (dropout key, layer, step) alone: see dropout_mask().
class DropoutLayer final : public Layer {
 public:
  explicit DropoutLayer(const DropoutOptions& options) : rate_(static_cast<float>(options.rate)) {}

  Shape output(std::span<const Shape> srcs) const override { return only(srcs); }
  Runs runs() const noexcept override { return rate_ > 0 ? Runs::with_dropout : Runs::in_training; }
  void compile(PlanBuilder& builder, const LayerNode& node) const override;

 private:
  float rate_;
};

}  // namespace jury
