#include "models/nn/dense_layer.hpp"

#include "models/nn/kernels.hpp"
#include "models/nn/matmul.hpp"
#include "models/nn/plan_builder.hpp"
#include "models/nn/product_activation.hpp"

namespace jury {
namespace {

std::int32_t width(const Shape& shape) noexcept { return static_cast<std::int32_t>(volume(shape)); }

// d_dst as the left factor of the gradient of the weights, (units, rows). Of large products oneDNN reads a
// transposed factor so much slower that a copy pays.
Matrix transposed_gradient(PlanBuilder& builder, const LayerNode& node) {
  const std::int32_t rows = node.batch, units = width(node.dst_shape);
  if (builder.precision() != Precision::f32 || node.dst_size() < 32768 || volume(node.src_shape) < 128)
    return {node.d_dst, units, rows, Matrix::Order::transposed};
  const Buffer copy = builder.allocate(node.dst_size());
  builder.backward([d_dst = node.d_dst, copy, rows = static_cast<std::size_t>(rows),
                    units = static_cast<std::size_t>(units)](Step& step) {
    transpose_each({step.at(d_dst), step.at(copy), 1, rows, units});
  });
  return {copy, units, rows};
}

}  // namespace

DenseLayer::DenseLayer(const DenseOptions& options)
    : units_(options.units),
      activation_(find(activations(), "activation", options.activation)),
      initialise_(find(initialisers(), "initialisation", options.init)),
      init_range_(options.init_range),
      bias_(options.bias) {}

Shape DenseLayer::output(std::span<const Shape> srcs) const {
  if (only(srcs).size() != 1)
    throw ConfigError("needs flat samples, is given " + to_string(srcs.front()) + " (add a flatten layer before it)");
  return {units_};
}

std::vector<Tensor> DenseLayer::tensors(const Shape& src) const {
  std::vector<Tensor> all{{.name = "weights", .shape = {units_, width(src)}}};
  if (bias_) all.push_back({.name = "bias", .shape = {units_}, .role = Tensor::Role::bias});
  return all;
}

double DenseLayer::flops(const Shape& src) const { return 2.0 * static_cast<double>(volume(src)) * units_; }

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
  ProductActivation activation(builder, node, activation_);
  builder.forward(matmul(builder, Phase::forward,
                         {.a = {node.src, n, inputs},
                          .b = {node.params[0], inputs, units, transposed},
                          .dst = {activation.sums(), n, units},
                          .bias = bias_ ? std::optional(node.params[1]) : std::nullopt,
                          .activation = activation.fused()}));
  activation.forward();
  if (node.kind == PlanKind::inference || !node.runs_backward) return;

  activation.backward(bias_ && node.trains ? std::optional(node.grads[1]) : std::nullopt);
  if (node.trains)
    builder.backward(matmul(
        builder, Phase::backward,
        {.a = transposed_gradient(builder, node), .b = {node.src, n, inputs}, .dst = {node.grads[0], units, inputs}}));
  if (node.d_src)
    builder.backward(
        matmul(builder, Phase::backward,
               {.a = {node.d_dst, n, units}, .b = {node.params[0], units, inputs}, .dst = {*node.d_src, n, inputs}}));
}

}  // namespace jury
