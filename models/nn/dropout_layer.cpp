#include "models/nn/dropout_layer.hpp"

#include "models/nn/kernels.hpp"
#include "models/nn/plan_builder.hpp"

namespace jury {
void DropoutLayer::compile(PlanBuilder& builder, const LayerNode& node) const {
  const std::size_t size = node.src_size();
  const Buffer mask = builder.allocate(dropout_mask_floats(size));
  builder.forward([rate = rate_, layer = node.index, mask, src = node.src, dst = node.dst, size](Step& step) {
    dropout_mask({step.dropout_key, step.number, layer, rate, step.at(mask), size});
    multiply(step.at(src), step.at(mask), step.at(dst), size);
  });
  if (node.d_src)
    builder.backward([mask, d_dst = node.d_dst, d_src = *node.d_src, size](Step& step) {
      multiply(step.at(d_dst), step.at(mask), step.at(d_src), size);
    });
}

}  // namespace jury
