#include "models/nn/gaussian_noise_layer.hpp"

#include <algorithm>

#include "models/nn/noise.hpp"
#include "models/nn/plan_builder.hpp"

namespace jury {
void GaussianNoiseLayer::compile(PlanBuilder& builder, const LayerNode& node) const {
  JURY_EXPECTS(node.kind == PlanKind::training);
  const std::size_t size = node.src_size();
  builder.forward([size, deviation = deviation_, lane = node.index, src = node.src, dst = node.dst](Step& step) {
    std::copy_n(step.at(src), size, step.at(dst));
    add_normal_noise({.key = step.dropout_key,
                      .step = step.number,
                      .lane = lane,
                      .deviation = deviation,
                      .values = step.at(dst),
                      .size = size});
  });
  if (node.d_src)
    builder.backward([size, d_dst = node.d_dst, d_src = *node.d_src](Step& step) {
      std::copy_n(step.at(d_dst), size, step.at(d_src));
    });
}

}  // namespace jury
