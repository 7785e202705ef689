#include "models/nn/pool_layer.hpp"

#include <fmt/format.h>

#include "models/nn/extents.hpp"
#include "models/nn/plan_builder.hpp"

namespace jury {

SlidingWindow PoolLayer::window(std::size_t rank) const {
  const auto* word = options_.stride.as<std::string>();
  const bool side_by_side = word != nullptr && *word == "size";
  SlidingWindow window{.size = extents(options_.size, rank, "size", {.low = 1}),
                       .stride = extents(side_by_side ? options_.size : options_.stride, rank, "stride", {.low = 1}),
                       .padding = extents(options_.padding, rank, "padding", {.low = 0})};
  for (std::size_t k = 0; k < rank; ++k)
    if (window.padding[k] >= window.size[k])
      throw ConfigError(fmt::format("padding = {} is too large (must be smaller than size = {})",
                                    to_text(options_.padding), to_text(options_.size)));
  return window;
}

Shape PoolLayer::output(std::span<const Shape> srcs) const {
  const Shape& src = only(srcs);
  return pooled(src, window(spatial_extents(src).size()));
}

std::string PoolLayer::note(const Shape& src) const {
  const std::vector<std::int32_t> in = spatial_extents(src);
  const SlidingWindow w = window(in.size());
  std::vector<SlidingExtent> dimensions;
  for (std::size_t i = 0; i < in.size(); ++i)
    dimensions.push_back({in[i], w.size[i], w.stride[i], w.padding[i], w.padding[i]});
  return left_out(dimensions);
}

void PoolLayer::compile(PlanBuilder& builder, const LayerNode& node) const {
  compile_pooling(builder, node, kind_, window(node.src_shape.size() - 1));
}

}  // namespace jury
