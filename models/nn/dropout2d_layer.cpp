#include "models/nn/dropout2d_layer.hpp"

#include "models/nn/channel_kernels.hpp"
#include "models/nn/extents.hpp"
#include "models/nn/kernels.hpp"
#include "models/nn/plan_builder.hpp"

namespace jury {
Shape Dropout2dLayer::output(std::span<const Shape> srcs) const {
  static_cast<void>(spatial_extents(only(srcs)));
  return srcs.front();
}

void Dropout2dLayer::compile(PlanBuilder& builder, const LayerNode& node) const {
  const auto rows = static_cast<std::size_t>(node.batch);
  const auto channels = static_cast<std::size_t>(node.src_shape.front());
  const auto places = static_cast<std::size_t>(num_places(node.src_shape));
  const Buffer mask = builder.allocate(dropout_mask_floats(rows * channels));
  builder.forward([=, rate = rate_, layer = node.index, src = node.src, dst = node.dst](Step& step) {
    dropout_mask({step.dropout_key, step.number, layer, rate, step.at(mask), rows * channels});
    multiply_channels({rows, places, channels, step.at(src), step.at(mask), step.at(dst)});
  });
  if (node.d_src)
    builder.backward([=, d_dst = node.d_dst, d_src = *node.d_src](Step& step) {
      multiply_channels({rows, places, channels, step.at(d_dst), step.at(mask), step.at(d_src)});
    });
}

}  // namespace jury
