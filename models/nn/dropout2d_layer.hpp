// Dropout of whole channels.
#pragma once

#include "models/nn/dropout_layer.hpp"

namespace jury {

/// dst = src * mask[row, channel], mask = 0 with probability rate and 1 / (1 - rate) otherwise, anew at
/// each step; absent from inference but for PlanOptions::dropout (Tompson et al. 2015). src (channels, [[depth,]
/// height,] width). The mask of a step is a function of (dropout key, layer, step) alone: see dropout_mask().
class Dropout2dLayer final : public Layer {
 public:
  explicit Dropout2dLayer(const DropoutOptions& options) : rate_(static_cast<float>(options.rate)) {}

  Shape output(std::span<const Shape> srcs) const override;
  Runs runs() const noexcept override { return rate_ > 0 ? Runs::with_dropout : Runs::in_training; }
  void compile(PlanBuilder& builder, const LayerNode& node) const override;

 private:
  float rate_;
};

}  // namespace jury
