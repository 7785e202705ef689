// Pooling over windows that slide.
#pragma once

#include "models/nn/layer.hpp"
#include "models/nn/pooling.hpp"
#include "runtime/base/options.hpp"

namespace jury {

struct PoolingOptions {
  Config size = Config(std::int64_t{2});
  Config stride = Config("size");
  Config padding = Config(std::int64_t{0});

  static void fields(auto& self, auto&& visit) {
    visit("size", self.size, Field{.help = "side of the window, or a list of one for each dimension"});
    visit("stride", self.stride, Field{.help = "step of the window, a number or a list; size: windows side by side"});
    visit("padding", self.padding, Field{.help = "places around that count for nothing, a number or a list"});
  }
};

/// dst[c, p] = the largest value, or the mean, of src[c, p stride + k - padding] over the places k of the
/// window that lie within src (LeCun et al. 1998; overlapping windows: Krizhevsky et al. 2012). Padding is
/// never the largest and is not in the mean's count.
///
/// src (channels, [[depth,] height,] width); an extent becomes
/// floor((extent + 2 padding - size) / stride) + 1, and what is left over is dropped. The gradient of a
/// largest value goes to the first of equals.
class PoolLayer : public Layer {
 public:
  Shape output(std::span<const Shape> srcs) const override;
  std::string note(const Shape& src) const override;
  void compile(PlanBuilder& builder, const LayerNode& node) const override;
  PoolKind kind() const noexcept { return kind_; }
  /// Of an input of `rank` spatial dimensions.
  SlidingWindow window(std::size_t rank) const;

 protected:
  PoolLayer(PoolKind kind, const PoolingOptions& options) : kind_(kind), options_(options) {}

 private:
  PoolKind kind_;
  PoolingOptions options_;
};

class MaxPoolLayer final : public PoolLayer {
 public:
  explicit MaxPoolLayer(const PoolingOptions& options) : PoolLayer(PoolKind::max, options) {}
};

class AveragePoolLayer final : public PoolLayer {
 public:
  explicit AveragePoolLayer(const PoolingOptions& options) : PoolLayer(PoolKind::average, options) {}
};

}  // namespace jury
