#include "models/nn/conv_gradient.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include "models/nn/conv_kernels.hpp"
#include "models/nn/extents.hpp"
#include "models/nn/session.hpp"

namespace jury {
namespace {

template <class F>
void each_place(const Three& extents, F f) {
  for (std::int32_t z = 0; z < extents[0]; ++z)
    for (std::int32_t y = 0; y < extents[1]; ++y)
      for (std::int32_t x = 0; x < extents[2]; ++x) f(z, y, x);
}

// Places of samples that have their padding around them, and what the sums are of.
struct Geometry {
  std::vector<std::int32_t> taps;       // by place in the kernel, then by channel
  std::vector<std::int32_t> canonical;  // where each tap's weight lies within those of one output channel
  std::vector<std::int32_t> positions;
  std::vector<std::int32_t> lines;  // of a sample, where each goes
  std::size_t line = 0;             // floats of one
  std::size_t padded = 1;           // floats of a sample with its padding

  Geometry(const LayerNode& node, const ConvLayer::Window& window) {
    const std::int32_t channels = node.src_shape.front();
    const Three in = in_three(std::span(node.src_shape).subspan(1), 1),
                out = in_three(std::span(node.dst_shape).subspan(1), 1);
    const Three kernel = in_three(window.kernel, 1), stride = in_three(window.stride, 1);
    const Three before = in_three(window.before, 0), after = in_three(window.after, 0);
    Three all;
    for (std::size_t k = 0; k < kDimensions; ++k) {
      all[k] = in[k] + before[k] + after[k];
      padded *= static_cast<std::size_t>(all[k]);
    }
    padded *= static_cast<std::size_t>(channels);
    const auto at = [&](std::int32_t z, std::int32_t y, std::int32_t x) {
      return ((z * all[1] + y) * all[2] + x) * channels;
    };
    each_place(kernel, [&](std::int32_t z, std::int32_t y, std::int32_t x) {
      for (std::int32_t c = 0; c < channels; ++c) {
        taps.push_back(at(z, y, x) + c);
        canonical.push_back(((c * kernel[0] + z) * kernel[1] + y) * kernel[2] + x);
      }
    });
    each_place(out, [&](std::int32_t z, std::int32_t y, std::int32_t x) {
      positions.push_back(at(z * stride[0], y * stride[1], x * stride[2]));
    });
    each_place({in[0], in[1], 1}, [&](std::int32_t z, std::int32_t y, std::int32_t x) {
      lines.push_back(at(z + before[0], y + before[1], x + before[2]));
    });
    line = static_cast<std::size_t>(in[2] * channels);
  }
};

// Scratch: what surrounds a padded sample is 0 from the beginning and stays so.
struct WeightGradient {
  std::shared_ptr<const Geometry> geometry;
  std::size_t rows, channels;
  Buffer src, d_dst, d_weights;
  Buffer sample, strip, sums;

  void operator()(Step& step) const {
    const Geometry& g = *geometry;
    float* const all = step.at(sums);
    float* const padded = step.at(sample);
    const float* from = step.at(src);
    std::fill_n(all, g.taps.size() * channels, 0.0F);
    for (std::size_t row = 0; row < rows; ++row) {
      for (const std::int32_t to : g.lines) {
        std::copy_n(from, g.line, padded + to);
        from += g.line;
      }
      add_conv_weight_gradient({.taps = g.taps,
                                .positions = g.positions,
                                .channels = channels,
                                .src = padded,
                                .d_dst = step.at(d_dst) + row * g.positions.size() * channels,
                                .strip = step.at(strip),
                                .sums = all});
    }
    for (std::size_t t = 0; t < g.taps.size(); ++t)
      for (std::size_t c = 0; c < channels; ++c)
        step.at(d_weights)[c * g.taps.size() + static_cast<std::size_t>(g.canonical[t])] = all[t * channels + c];
  }
};

}  // namespace

bool has_own_weight_gradient(const PlanBuilder& builder, const LayerNode& node, const ConvLayer::Window& window,
                             std::int32_t groups) {
  return builder.precision() == Precision::f32 && groups == 1 && window.kernel == std::vector<std::int32_t>{3, 3} &&
         node.src_shape[0] >= 8 && static_cast<std::size_t>(node.dst_shape[0]) % kConvStrip == 0 &&
         !isa().starts_with("avx512");
}

void compile_weight_gradient(PlanBuilder& builder, const LayerNode& node, const ConvLayer::Window& window) {
  const auto geometry = std::make_shared<const Geometry>(node, window);
  const auto channels = static_cast<std::size_t>(node.dst_shape[0]);
  builder.backward(WeightGradient{.geometry = geometry,
                                  .rows = static_cast<std::size_t>(node.batch),
                                  .channels = channels,
                                  .src = node.src,
                                  .d_dst = node.d_dst,
                                  .d_weights = node.grads[0],
                                  .sample = builder.allocate(geometry->padded),
                                  .strip = builder.allocate(geometry->positions.size() * kConvStrip),
                                  .sums = builder.allocate(geometry->taps.size() * channels)});
}

}  // namespace jury
