// A nonlinearity on its own.
#pragma once

#include <string>

#include "models/nn/activation.hpp"
#include "models/nn/layer.hpp"
#include "runtime/base/options.hpp"

namespace jury {

struct ActivationOptions {
  std::string kind = "relu";

  static void fields(auto& self, auto&& visit) {
    visit("kind", self.kind, Field{.help = "nonlinearity", .choices = activation_names()});
  }
};

/// dst = activation(src), value by value, of any shape: where a layer before it has none of its own, or
/// something stands between the two (batch normalisation, a sum).
class ActivationLayer final : public Layer {
 public:
  explicit ActivationLayer(const ActivationOptions& options)
      : activation_(find(activations(), "activation", options.kind)) {}

  Shape output(std::span<const Shape> srcs) const override { return only(srcs); }
  void compile(PlanBuilder& builder, const LayerNode& node) const override;

 private:
  Activation activation_;
};

}  // namespace jury
