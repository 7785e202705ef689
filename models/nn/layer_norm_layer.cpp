#include "models/nn/layer_norm_layer.hpp"

#include <algorithm>

#include "models/nn/layer_norm_kernels.hpp"
#include "models/nn/plan_builder.hpp"

namespace jury {
namespace {

constexpr std::size_t kScale = 0, kShift = 1;

}  // namespace

std::vector<Tensor> LayerNormLayer::tensors(const Shape& src) const {
  return {{.name = "scale", .shape = {src.front()}, .role = Tensor::Role::bias},
          {.name = "shift", .shape = {src.front()}, .role = Tensor::Role::bias}};
}

void LayerNormLayer::initialise(const Tensor& tensor, std::span<float> values, Rng&) const {
  if (tensor.name.ends_with("scale")) std::fill(values.begin(), values.end(), 1.0F);
}

// Parameters are bound without padding, so vectors run over copies of them.
void LayerNormLayer::compile(PlanBuilder& builder, const LayerNode& node) const {
  const auto cols = static_cast<std::size_t>(node.src_shape.front());
  const std::size_t rows = node.src_size() / cols;
  const Buffer scale = builder.allocate(cols), shift = builder.allocate(cols);
  const Buffer means = builder.allocate(rows), inverses = builder.allocate(rows);
  builder.on_new_weights([cols, params = node.params, scale, shift](Step& step) {
    std::copy_n(step.at(params[kScale]), cols, step.at(scale));
    std::copy_n(step.at(params[kShift]), cols, step.at(shift));
  });
  builder.forward([=, epsilon = epsilon_, src = node.src, dst = node.dst](Step& step) {
    layer_norm({rows, cols, epsilon, step.at(src), step.at(scale), step.at(shift), step.at(dst), step.at(means),
                step.at(inverses)});
  });
  if (node.kind == PlanKind::inference || !node.runs_backward) return;

  const Buffer d_scale = builder.allocate(cols), d_shift = builder.allocate(cols);
  const Buffer partial_scale = builder.allocate(cols), partial_shift = builder.allocate(cols);
  builder.backward([=, trains = node.trains, grads = node.grads, src = node.src, d_dst = node.d_dst,
                    d_src = node.d_src](Step& step) {
    const auto if_trains = [&](Buffer buffer) { return trains ? step.at(buffer) : nullptr; };
    layer_norm_backward({rows, cols, step.at(src), step.at(scale), step.at(means), step.at(inverses), step.at(d_dst),
                         d_src ? step.at(*d_src) : nullptr, if_trains(d_scale), if_trains(d_shift),
                         if_trains(partial_scale), if_trains(partial_shift)});
    if (!trains) return;
    std::copy_n(step.at(d_scale), cols, step.at(grads[kScale]));
    std::copy_n(step.at(d_shift), cols, step.at(grads[kShift]));
  });
}

}  // namespace jury
