#include "models/nn/product_activation.hpp"

#include "models/nn/kernels.hpp"
#include "models/nn/matmul.hpp"

namespace jury {

ProductActivation::ProductActivation(PlanBuilder& builder, const LayerNode& node, Activation activation)
    : builder_(builder), node_(node), activation_(activation), sums_(node.dst) {
  if (node.kind == PlanKind::training && needs_source(activation)) sums_ = builder.allocate(node.dst_size());
}

Activation ProductActivation::fused() const noexcept {
  return can_fuse(activation_) ? activation_ : Activation::identity;
}

void ProductActivation::forward() {
  if (can_fuse(activation_)) return;
  builder_.forward([activation = activation_, sums = sums_, dst = node_.dst, size = node_.dst_size()](Step& step) {
    activation_forward(activation, step.at(sums), step.at(dst), size);
  });
}

void ProductActivation::backward(std::optional<Buffer> d_bias) {
  if (activation_ == Activation::identity && !d_bias) return;
  const auto width = static_cast<std::size_t>(node_.dst_shape[0]);
  const Buffer column_sums = d_bias ? *d_bias : builder_.allocate(width);
  builder_.backward([activation = activation_, sums = sums_, dst = node_.dst, d_dst = node_.d_dst, column_sums,
                     rows = node_.dst_size() / width, width](Step& step) {
    activation_backward(activation, {step.at(dst), step.at(d_dst), step.at(column_sums), rows, width, step.at(sums)});
  });
}

}  // namespace jury
