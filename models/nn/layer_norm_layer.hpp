// Layer normalisation.
#pragma once

#include "models/nn/layer.hpp"
#include "runtime/base/options.hpp"

namespace jury {

struct LayerNormOptions {
  double epsilon = 1e-5;

  static void fields(auto& self, auto&& visit) {
    visit("epsilon", self.epsilon, Field{.help = "added to the variance", .low = 1e-12, .high = 1});
  }
};

/// dst = (src - mean) / sqrt(variance + epsilon) * scale + shift (Ba, Kiros, Hinton 2016), the same in
/// training and prediction.
///
/// Mean and variance are over all values of a flat sample, and over the channels (features) at each place
/// of images and sequences. scale and shift: one per value of a flat sample, or per channel; 1 and 0 at first.
class LayerNormLayer final : public Layer {
 public:
  explicit LayerNormLayer(const LayerNormOptions& options) : epsilon_(static_cast<float>(options.epsilon)) {}

  Shape output(std::span<const Shape> srcs) const override { return only(srcs); }
  std::vector<Tensor> tensors(const Shape& src) const override;
  void initialise(const Tensor& tensor, std::span<float> values, Rng& rng) const override;
  void compile(PlanBuilder& builder, const LayerNode& node) const override;

 private:
  float epsilon_;
};

}  // namespace jury
