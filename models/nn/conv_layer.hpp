// A convolution with its activation.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/nn/activation.hpp"
#include "models/nn/initialiser.hpp"
#include "models/nn/layer.hpp"
#include "runtime/base/options.hpp"

namespace jury {

struct ConvOptions {
  std::int32_t channels = 1;
  Config kernel = Config(std::int64_t{3});
  Config stride = Config(std::int64_t{1});
  Config padding = Config("same");
  std::int32_t groups = 1;
  std::string activation = "identity";
  std::string init = "kaiming";
  double init_range = 0.5;
  bool bias = true;

  static void fields(auto& self, auto&& visit) {
    visit("channels", self.channels, Field{.help = "outputs at each place", .low = 1, .high = 65536});
    visit("kernel", self.kernel, Field{.help = "side of the window, or a list of one for each dimension"});
    visit("stride", self.stride, Field{.help = "step of the window, or a list"});
    visit("padding", self.padding, Field{.help = "zeros around: \"same\", \"valid\", a number or a list"});
    visit("groups", self.groups,
          Field{.help = "parts that the channels are cut into, each on its own", .low = 1, .high = 65536});
    visit("activation", self.activation, Field{.help = "nonlinearity", .choices = activation_names()});
    visit("init", self.init, Field{.help = "initial weights", .choices = initialiser_names()});
    visit("init_range", self.init_range,
          Field{.help = "largest weight either way (init uniform)", .low = 0, .high = 100});
    visit("bias", self.bias, Field{.help = "add a bias to each channel"});
  }
};

/// dst[c, p] = activation(bias[c] + sum over channels and window of weights[c, i, k] src[i, p stride + k - pad])
/// in one, two or three dimensions, by the rank of the input; it is a correlation, as everywhere.
///
/// src (channels, [[depth,] height,] width); weights (channels out, channels in / groups, window), bias
/// (channels out). An extent becomes floor((in + pads - kernel) / stride) + 1; "same" pads
/// (kernel - 1) / 2 before and kernel / 2 after, so that a stride of 1 keeps it.
class ConvLayer final : public Layer {
 public:
  explicit ConvLayer(const ConvOptions& options);

  Shape output(std::span<const Shape> srcs) const override;
  std::vector<Tensor> tensors(const Shape& src) const override;
  double flops(const Shape& src) const override;
  std::string note(const Shape& src) const override;
  void initialise(const Tensor& tensor, std::span<float> values, Rng& rng) const override;
  void compile(PlanBuilder& builder, const LayerNode& node) const override;

  /// Window of an input of `rank` spatial dimensions.
  struct Window {
    std::vector<std::int32_t> kernel, stride, before, after;
  };
  Window window(std::size_t rank) const;

 private:
  ConvOptions options_;
  Activation activation_;
  Initialise initialise_;
};

}  // namespace jury
