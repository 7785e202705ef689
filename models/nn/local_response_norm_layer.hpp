// Local response normalisation.
#pragma once

#include <cstdint>

#include "models/nn/layer.hpp"
#include "runtime/base/options.hpp"

namespace jury {

struct LocalResponseNormOptions {
  std::int32_t size = 5;
  double alpha = 1e-4;
  double beta = 0.75;
  double k = 1;

  static void fields(auto& self, auto&& visit) {
    visit("size", self.size, Field{.help = "channels that are looked at for each", .low = 1, .high = 1024});
    visit("alpha", self.alpha, Field{.help = "weight of their mean square", .low = 0, .high = 1e3});
    visit("beta", self.beta, Field{.help = "power of the divisor", .low = 0, .high = 10});
    visit("k", self.k, Field{.help = "divisor of what is zero", .low = 1e-3, .high = 1e3});
  }
};

/// dst[c] = src[c] / (k + alpha / size * sum over j of src[j]^2)^beta at each place, over the `size`
/// channels j from c - size / 2 on, those there are (Krizhevsky, Sutskever, Hinton 2012, there with
/// k = 2 and without the division by size; as PyTorch has it).
/// src and dst (channels, [[depth,] height,] width).
class LocalResponseNormLayer final : public Layer {
 public:
  explicit LocalResponseNormLayer(const LocalResponseNormOptions& options) : options_(options) {}

  Shape output(std::span<const Shape> srcs) const override;
  void compile(PlanBuilder& builder, const LayerNode& node) const override;

 private:
  LocalResponseNormOptions options_;
};

}  // namespace jury
