// Batch normalisation.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/nn/layer.hpp"
#include "runtime/base/options.hpp"

namespace jury {

struct BatchNormOptions {
  double momentum = 0.1;
  double epsilon = 1e-5;
  std::string activation = "identity";

  static void fields(auto& self, auto&& visit) {
    visit("momentum", self.momentum,
          Field{.help = "share of a batch in the running statistics", .low = 1e-6, .high = 1});
    visit("epsilon", self.epsilon, Field{.help = "added to the variance", .low = 1e-12, .high = 1});
    visit("activation", self.activation,
          Field{.help = "what follows, in the same pass", .choices = {"identity", "relu"}});
  }
};

/// dst = scale (src - mean) / sqrt(variance + epsilon) + shift for each channel (Ioffe, Szegedy 2015), then
/// relu when asked for. In training mean and variance (divided by the count) are those of the batch
/// over rows and places, and the running ones move towards them by `momentum` (towards the variance
/// divided by the count less one, as PyTorch has it); in inference, and where the layer is frozen, the
/// running ones are used.
///
/// scale and shift (channels) train, running_mean and running_variance (channels) are buffers.
/// Expects at least two values per channel in training.
class BatchNormLayer final : public Layer {
 public:
  explicit BatchNormLayer(const BatchNormOptions& options) : options_(options) {}

  Shape output(std::span<const Shape> srcs) const override { return only(srcs); }
  std::vector<Tensor> tensors(const Shape& src) const override;
  std::int32_t least_rows(const Shape& src) const override {
    return volume(src) == static_cast<std::size_t>(src[0]) ? 2 : 1;
  }
  void initialise(const Tensor& tensor, std::span<float> values, Rng& rng) const override;
  void compile(PlanBuilder& builder, const LayerNode& node) const override;

 private:
  BatchNormOptions options_;
};

}  // namespace jury
