// A fully connected layer with its activation.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/nn/activation.hpp"
#include "models/nn/initialiser.hpp"
#include "models/nn/layer.hpp"
#include "runtime/base/options.hpp"

namespace jury {

struct DenseOptions {
  std::int32_t units = 1;
  std::string activation = "identity";
  std::string init = "kaiming";
  double init_range = 0.5;
  bool bias = true;

  static void fields(auto& self, auto&& visit) {
    visit("units", self.units, Field{.help = "outputs", .low = 1, .high = 1 << 24});
    visit("activation", self.activation, Field{.help = "nonlinearity", .choices = activation_names()});
    visit("init", self.init, Field{.help = "initial weights", .choices = initialiser_names()});
    visit("init_range", self.init_range,
          Field{.help = "largest weight either way (init uniform)", .low = 0, .high = 100});
    visit("bias", self.bias, Field{.help = "add a bias to each unit"});
  }
};

/// dst = activation(src weights^T + bias); src (n, inputs), weights (units, inputs), dst (n, units).
/// Takes flat samples. One product forward, fused with the activation where oneDNN can; backward one
/// pass for activation and bias, one product for the weights and one for src where it is needed.
class DenseLayer final : public Layer {
 public:
  explicit DenseLayer(const DenseOptions& options);

  Shape output(std::span<const Shape> srcs) const override;
  std::vector<Tensor> tensors(const Shape& src) const override;
  double flops(const Shape& src) const override;
  void initialise(const Tensor& tensor, std::span<float> values, Rng& rng) const override;
  void compile(PlanBuilder& builder, const LayerNode& node) const override;

 private:
  std::int32_t units_;
  Activation activation_;
  Initialise initialise_;
  double init_range_;
  bool bias_;
};

}  // namespace jury
