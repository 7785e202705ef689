#include "models/nn/global_pool_layer.hpp"

#include "models/nn/extents.hpp"
#include "models/nn/plan_builder.hpp"

namespace jury {

Shape GlobalPoolLayer::output(std::span<const Shape> srcs) const {
  static_cast<void>(spatial_extents(only(srcs)));
  return {srcs.front().front()};
}

void GlobalPoolLayer::compile(PlanBuilder& builder, const LayerNode& node) const {
  const std::vector<std::int32_t> all = spatial_extents(node.src_shape), none(all.size(), 0);
  compile_pooling(builder, node, kind_, {.size = all, .stride = all, .padding = none});
}

}  // namespace jury
