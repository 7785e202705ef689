#include "models/nn/join_layers.hpp"

#include <algorithm>
#include <cstring>

#include "models/nn/extents.hpp"
#include "models/nn/kernels.hpp"
#include "models/nn/plan_builder.hpp"

namespace jury {
namespace {

std::size_t floats(const Shape& shape, std::int32_t batch) { return volume(shape) * static_cast<std::size_t>(batch); }

// A part of the channels of a wider matrix (rows, stride), and the same channels alone (rows, width).
struct Columns {
  std::size_t rows, width, stride, first;

  void gather(const float* wide, float* narrow) const noexcept {
    for (std::size_t row = 0; row < rows; ++row)
      std::memcpy(narrow + row * width, wide + row * stride + first, width * sizeof(float));
  }
  void scatter(const float* narrow, float* wide) const noexcept {
    for (std::size_t row = 0; row < rows; ++row)
      std::memcpy(wide + row * stride + first, narrow + row * width, width * sizeof(float));
  }
};

void needs_several(std::span<const Shape> srcs) {
  if (srcs.size() < 2) throw ConfigError("needs two inputs or more, is given one (name them in 'from')");
}

}  // namespace

Shape AddLayer::output(std::span<const Shape> srcs) const {
  needs_several(srcs);
  for (const Shape& src : srcs)
    if (src != srcs.front())
      throw ConfigError("needs inputs of one shape, is given " + to_string(srcs.front()) + " and " + to_string(src));
  return srcs.front();
}

void AddLayer::compile(PlanBuilder& builder, const LayerNode& node) const {
  const std::size_t size = padded_size(node.dst_size());
  builder.forward([srcs = node.srcs, dst = node.dst, size](Step& step) {
    std::memcpy(step.at(dst), step.at(srcs[0]), size * sizeof(float));
    for (std::size_t i = 1; i < srcs.size(); ++i) add_scaled(1, step.at(srcs[i]), step.at(dst), size);
  });
  if (node.kind == PlanKind::inference || !node.runs_backward) return;
  for (const auto& d_src : node.d_srcs)
    if (d_src)
      builder.backward([d_dst = node.d_dst, to = *d_src, size](Step& step) {
        std::memcpy(step.at(to), step.at(d_dst), size * sizeof(float));
      });
}

Shape ConcatLayer::output(std::span<const Shape> srcs) const {
  needs_several(srcs);
  Shape dst = srcs.front();
  for (const Shape& src : srcs.subspan(1)) {
    if (!std::equal(src.begin() + 1, src.end(), dst.begin() + 1, dst.end()))
      throw ConfigError("needs inputs that differ in their channels alone, is given " + to_string(srcs.front()) +
                        " and " + to_string(src));
    dst[0] += src[0];
  }
  return dst;
}

void ConcatLayer::compile(PlanBuilder& builder, const LayerNode& node) const {
  const auto stride = static_cast<std::size_t>(node.dst_shape[0]);
  std::size_t first = 0;
  for (std::size_t i = 0; i < node.srcs.size(); ++i) {
    const auto width = static_cast<std::size_t>(node.src_shapes[i][0]);
    const Columns columns{floats(node.dst_shape, node.batch) / stride, width, stride, first};
    first += width;
    builder.forward(
        [columns, src = node.srcs[i], dst = node.dst](Step& step) { columns.scatter(step.at(src), step.at(dst)); });
    if (node.kind == PlanKind::training && node.runs_backward && node.d_srcs[i])
      builder.backward([columns, d_dst = node.d_dst, d_src = *node.d_srcs[i]](Step& step) {
        columns.gather(step.at(d_dst), step.at(d_src));
      });
  }
}

Shape ScaleLayer::output(std::span<const Shape> srcs) const {
  if (srcs.size() != 2)
    throw ConfigError("needs two inputs, is given " + std::to_string(srcs.size()) + " (name them in 'from')");
  if (srcs[1] != Shape{srcs[0][0]})
    throw ConfigError("needs one factor for each channel, is given " + to_string(srcs[0]) + " and " +
                      to_string(srcs[1]));
  return srcs[0];
}

void ScaleLayer::compile(PlanBuilder& builder, const LayerNode& node) const {
  const auto rows = static_cast<std::size_t>(node.batch);
  const auto channels = static_cast<std::size_t>(node.src_shape[0]);
  const auto places = static_cast<std::size_t>(num_places(node.src_shape));
  builder.forward([=, src = node.srcs[0], factor = node.srcs[1], dst = node.dst](Step& step) {
    const float* x = step.at(src);
    float* y = step.at(dst);
    for (std::size_t row = 0; row < rows; ++row) {
      const float* f = step.at(factor) + row * channels;
      for (std::size_t p = 0; p < places; ++p, x += channels, y += channels)
        for (std::size_t c = 0; c < channels; ++c) y[c] = x[c] * f[c];
    }
  });
  if (node.kind == PlanKind::inference || !node.runs_backward) return;
  if (node.d_srcs[0])
    builder.backward([=, factor = node.srcs[1], d_dst = node.d_dst, d_src = *node.d_srcs[0]](Step& step) {
      const float* dy = step.at(d_dst);
      float* dx = step.at(d_src);
      for (std::size_t row = 0; row < rows; ++row) {
        const float* f = step.at(factor) + row * channels;
        for (std::size_t p = 0; p < places; ++p, dx += channels, dy += channels)
          for (std::size_t c = 0; c < channels; ++c) dx[c] = dy[c] * f[c];
      }
    });
  if (node.d_srcs[1])
    builder.backward([=, src = node.srcs[0], d_dst = node.d_dst, d_factor = *node.d_srcs[1]](Step& step) {
      const float* x = step.at(src);
      const float* dy = step.at(d_dst);
      for (std::size_t row = 0; row < rows; ++row) {
        float* df = step.at(d_factor) + row * channels;
        std::fill_n(df, channels, 0.0F);
        for (std::size_t p = 0; p < places; ++p, x += channels, dy += channels)
          for (std::size_t c = 0; c < channels; ++c) df[c] += x[c] * dy[c];
      }
    });
}

}  // namespace jury
