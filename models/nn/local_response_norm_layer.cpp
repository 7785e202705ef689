#include "models/nn/local_response_norm_layer.hpp"

#include "models/nn/extents.hpp"
#include "models/nn/local_response_kernels.hpp"
#include "models/nn/plan_builder.hpp"

namespace jury {

Shape LocalResponseNormLayer::output(std::span<const Shape> srcs) const {
  static_cast<void>(spatial_extents(only(srcs)));
  return srcs.front();
}

void LocalResponseNormLayer::compile(PlanBuilder& builder, const LayerNode& node) const {
  const auto channels = static_cast<std::size_t>(node.src_shape.front());
  const auto size = static_cast<std::size_t>(options_.size);
  const Buffer sums = builder.allocate(node.src_size());
  const Buffer window = builder.allocate(local_response_floats(channels, size));
  const auto args = [=, options = options_, places = node.src_size() / channels, src = node.src,
                     dst = node.dst](Step& step) {
    return LocalResponse{places,
                         channels,
                         size,
                         static_cast<float>(options.alpha),
                         static_cast<float>(options.beta),
                         static_cast<float>(options.k),
                         step.at(src),
                         step.at(dst),
                         step.at(sums),
                         step.at(window)};
  };
  builder.forward([args](Step& step) { local_response(args(step)); });
  if (node.kind == PlanKind::training && node.d_src)
    builder.backward([args, d_dst = node.d_dst, d_src = *node.d_src](Step& step) {
      local_response_backward({args(step), step.at(d_dst), step.at(d_src)});
    });
}

}  // namespace jury
