#include "models/nn/activation_layer.hpp"

#include <algorithm>

#include "models/nn/kernels.hpp"
#include "models/nn/plan_builder.hpp"

namespace jury {

void ActivationLayer::compile(PlanBuilder& builder, const LayerNode& node) const {
  const std::size_t size = node.src_size();
  builder.forward([size, activation = activation_, src = node.src, dst = node.dst](Step& step) {
    activation_forward(activation, step.at(src), step.at(dst), size);
  });
  if (node.kind == PlanKind::training && node.d_src)
    builder.backward([size, activation = activation_, src = node.src, d_dst = node.d_dst, d_src = *node.d_src](Step& step) {
      std::copy_n(step.at(d_dst), size, step.at(d_src));
      activation_backward_from_source(activation, step.at(src), step.at(d_src), size);
    });
}

}  // namespace jury
