// Pooling over all places.
#pragma once

#include <string>

#include "models/nn/layer.hpp"
#include "models/nn/pooling.hpp"
#include "runtime/base/options.hpp"

namespace jury {

struct GlobalPoolOptions {
  std::string kind = "average";

  static void fields(auto& self, auto&& visit) {
    visit("kind", self.kind, Field{.help = "what it takes of each channel", .choices = names(pool_kinds())});
  }
};

/// dst[c] = the mean, or the largest value, of channel c over all its places (Lin, Chen, Yan 2014).
/// src (channels, [[depth,] height,] width), dst (channels).
class GlobalPoolLayer final : public Layer {
 public:
  explicit GlobalPoolLayer(const GlobalPoolOptions& options) : kind_(find(pool_kinds(), "pooling", options.kind)) {}

  Shape output(std::span<const Shape> srcs) const override;
  void compile(PlanBuilder& builder, const LayerNode& node) const override;

 private:
  PoolKind kind_;
};

}  // namespace jury
