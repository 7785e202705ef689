#include "models/nn/flatten_layer.hpp"

#include "models/nn/extents.hpp"
#include "models/nn/kernels.hpp"
#include "models/nn/plan_builder.hpp"

namespace jury {

void FlattenLayer::compile(PlanBuilder& builder, const LayerNode& node) const {
  const auto rows = static_cast<std::size_t>(node.batch);
  const auto channels = static_cast<std::size_t>(node.src_shape[0]);
  const auto places = static_cast<std::size_t>(num_places(node.src_shape));
  builder.forward([=, src = node.src, dst = node.dst](Step& step) {
    transpose_each({step.at(src), step.at(dst), rows, places, channels});
  });
  if (node.kind == PlanKind::training && node.runs_backward && node.d_src)
    builder.backward([=, d_dst = node.d_dst, d_src = *node.d_src](Step& step) {
      transpose_each({step.at(d_dst), step.at(d_src), rows, channels, places});
    });
}

}  // namespace jury
