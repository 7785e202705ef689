#include "models/nn/dense_layer.hpp"

#include "models/nn/kernels.hpp"
#include "models/nn/matmul.hpp"
#include "models/nn/plan_builder.hpp"

namespace jury {
namespace {

std::int32_t width(const Shape& shape) noexcept { return static_cast<std::int32_t>(volume(shape)); }

}  // namespace

DenseLayer::DenseLayer(const DenseOptions& options)
    : units_(options.units),
      activation_(find(activations(), "activation", options.activation)),
      initialise_(find(initialisers(), "initialisation", options.init)),
      init_range_(options.init_range) {}

Shape DenseLayer::output(const Shape&) const { return {units_}; }

std::vector<Tensor> DenseLayer::tensors(const Shape& src) const {
  return {{.name = "weights", .shape = {units_, width(src)}},
          {.name = "bias", .shape = {units_}, .role = Tensor::Role::bias}};
}

double DenseLayer::flops(const Shape& src) const { return 2.0 * static_cast<double>(volume(src)) * units_; }

std::size_t DenseLayer::scratch_floats(const Shape&, std::int32_t batch) const {
  return needs_source(activation_) ? static_cast<std::size_t>(batch) * static_cast<std::size_t>(units_) : 0;
}

void DenseLayer::initialise(const Tensor& tensor, std::span<float> values, Rng& rng) const {
  if (tensor.role == Tensor::Role::bias) return;
  initialise_(values,
              {.fan_in = static_cast<double>(tensor.shape[1]),
               .fan_out = static_cast<double>(units_),
               .activation = activation_,
               .range = init_range_,
               .rows = static_cast<std::size_t>(tensor.shape[0]),
               .cols = static_cast<std::size_t>(tensor.shape[1])},
              rng);
}

void DenseLayer::compile(PlanBuilder& builder, const LayerNode& node) const {
  using enum Matrix::Order;
  const std::int32_t n = node.batch, inputs = width(node.src_shape), units = units_;
  const auto rows = static_cast<std::size_t>(n), cols = static_cast<std::size_t>(units);
  const bool fused = can_fuse(activation_), training = node.kind == PlanKind::training;
  const Buffer sums = training && needs_source(activation_) ? node.scratch : node.dst;
  builder.forward(matmul(builder, {.a = {node.src, n, inputs},
                                   .b = {node.params[0], inputs, units, transposed},
                                   .dst = {sums, n, units},
                                   .bias = node.params[1],
                                   .activation = fused ? activation_ : Activation::identity}));
  if (!fused)
    builder.forward([activation = activation_, sums, dst = node.dst, size = rows * cols](Step& step) {
      activation_forward(activation, step.at(sums), step.at(dst), size);
    });
  if (!training) return;

  builder.backward([activation = activation_, sums, dst = node.dst, d_dst = node.d_dst, d_bias = node.grads[1], rows,
                    cols](Step& step) {
    activation_backward(activation, {step.at(dst), step.at(d_dst), step.at(d_bias), rows, cols, step.at(sums)});
  });
  builder.backward(matmul(
      builder,
      {.a = {node.d_dst, units, n, transposed}, .b = {node.src, n, inputs}, .dst = {node.grads[0], units, inputs}}));
  if (node.d_src)
    builder.backward(matmul(
        builder, {.a = {node.d_dst, n, units}, .b = {node.params[0], units, inputs}, .dst = {*node.d_src, n, inputs}}));
}

}  // namespace jury
