#include "models/nn/dropout_layer.hpp"

#include "models/nn/kernels.hpp"
#include "models/nn/plan_builder.hpp"

namespace jury {
namespace {

std::size_t values(const Shape& shape, std::int32_t batch) noexcept {
  return volume(shape) * static_cast<std::size_t>(batch);
}

}  // namespace

std::size_t DropoutLayer::scratch_floats(const Shape& src, std::int32_t batch) const {
  return dropout_mask_floats(values(src, batch));
}

void DropoutLayer::compile(PlanBuilder& builder, const LayerNode& node) const {
  JURY_EXPECTS(node.kind == PlanKind::training);
  const std::size_t size = values(node.src_shape, node.batch);
  builder.forward(
      [rate = rate_, layer = node.index, mask = node.scratch, src = node.src, dst = node.dst, size](Step& step) {
        dropout_mask({step.dropout_key, step.number, layer, rate, step.at(mask), size});
        multiply(step.at(src), step.at(mask), step.at(dst), size);
      });
  if (node.d_src)
    builder.backward([mask = node.scratch, d_dst = node.d_dst, d_src = *node.d_src, size](Step& step) {
      multiply(step.at(d_dst), step.at(mask), step.at(d_src), size);
    });
}

}  // namespace jury
