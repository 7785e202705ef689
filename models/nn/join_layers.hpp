// Layers that bring branches together: add, concat, scale.
#pragma once

#include "models/nn/layer.hpp"

namespace jury {

struct JoinOptions {
  static void fields(auto&, auto&&) {}
};

/// dst = the sum of its inputs, all of one shape: the end of a residual block (He et al. 2016).
class AddLayer final : public Layer {
 public:
  explicit AddLayer(const JoinOptions&) {}
  Shape output(std::span<const Shape> srcs) const override;
  void compile(PlanBuilder& builder, const LayerNode& node) const override;
};

/// dst = its inputs' channels one after the other; their other extents must agree (Szegedy et al. 2015,
/// Huang et al. 2017).
class ConcatLayer final : public Layer {
 public:
  explicit ConcatLayer(const JoinOptions&) {}
  Shape output(std::span<const Shape> srcs) const override;
  void compile(PlanBuilder& builder, const LayerNode& node) const override;
};

/// dst[c, p] = src[c, p] factor[c]: its inputs are (channels, ...) and (channels), the end of a squeeze and
/// excitation (Hu et al. 2018).
class ScaleLayer final : public Layer {
 public:
  explicit ScaleLayer(const JoinOptions&) {}
  Shape output(std::span<const Shape> srcs) const override;
  void compile(PlanBuilder& builder, const LayerNode& node) const override;
};

}  // namespace jury
