#include "models/nn/conv_layer.hpp"

#include <fmt/format.h>

#include "models/nn/conv_gradient.hpp"
#include "models/nn/extents.hpp"
#include "models/nn/fused.hpp"
#include "models/nn/primitive.hpp"
#include "models/nn/product_activation.hpp"

namespace jury {
namespace {

using dnnl::memory;
using Dims = memory::dims;

Dims dims(std::initializer_list<std::int32_t> first, const std::vector<std::int32_t>& rest) {
  Dims all(first.begin(), first.end());
  all.insert(all.end(), rest.begin(), rest.end());
  return all;
}
Dims dims(const std::vector<std::int32_t>& extents) { return dims({}, extents); }

memory::format_tag channels_last(std::size_t spatial_rank) {
  return spatial_rank == 1   ? memory::format_tag::acb
         : spatial_rank == 2 ? memory::format_tag::acdb
                             : memory::format_tag::acdeb;
}

memory::format_tag row_major(std::size_t rank) {
  static constexpr memory::format_tag tags[] = {memory::format_tag::abc, memory::format_tag::abcd,
                                                memory::format_tag::abcde, memory::format_tag::abcdef};
  return tags[rank - 3];
}

// The three primitives of one convolution, and the layouts they work on.
class Convolution {
 public:
  Convolution(PlanBuilder& builder, const LayerNode& node, const ConvLayer::Window& window, std::int32_t groups,
              const ProductActivation& activation)
      : builder_(builder), node_(node), activation_(activation) {
    const std::size_t rank = node.src_shape.size() - 1;
    const Dims src = dims({node.batch}, node.src_shape), dst = dims({node.batch}, node.dst_shape);
    Dims weights = dims({node.dst_shape[0] / groups, node.src_shape[0] / groups}, window.kernel);
    if (groups > 1) weights.insert(weights.begin(), groups);
    operand_type_ = builder.precision() == Precision::bf16 ? memory::data_type::bf16 : memory::data_type::f32;
    src_ = {src, operand_type_, channels_last(rank)};
    d_dst_ = {dst, operand_type_, channels_last(rank)};
    dst_ = {dst, memory::data_type::f32, channels_last(rank)};
    d_src_ = {src, memory::data_type::f32, channels_last(rank)};
    weights_ = {weights, memory::data_type::f32, row_major(weights.size())};
    any_weights_ = {weights, operand_type_, memory::format_tag::any};
    any_d_weights_ = {weights, memory::data_type::f32, memory::format_tag::any};
    bias_ = {{node.dst_shape[0]}, memory::data_type::f32, memory::format_tag::a};
    strides_ = dims(window.stride);
    before_ = dims(window.before);
    after_ = dims(window.after);
    forward_ = forward_desc();
  }

  void forward() {
    PrimitiveOp op(builder_, dnnl::convolution_forward(forward_));
    op.arg(DNNL_ARG_SRC, src_, operand(builder_, Phase::forward, node_.src, node_.src_size()).buffer)
        .arg(DNNL_ARG_WEIGHTS, forward_.weights_desc(), packed(forward_.weights_desc()));
    if (node_.params.size() > 1) op.arg(DNNL_ARG_BIAS, bias_, node_.params[1]);
    builder_.forward(op.arg(DNNL_ARG_DST, dst_, activation_.sums()).op());
  }

  void backward_weights() {
    const auto chosen = backward_primitive<dnnl::convolution_backward_weights>(
        cpu_engine(), {}, forward_, dnnl::algorithm::convolution_direct, src_, any_d_weights_, d_dst_, strides_,
        before_, after_);
    const memory::desc made = chosen.diff_weights_desc();
    const Buffer d_weights = made == weights_ ? node_.grads[0] : builder_.allocate(floats_of(made));
    builder_.backward(
        PrimitiveOp(builder_, dnnl::convolution_backward_weights(chosen))
            .arg(DNNL_ARG_SRC, src_, operand(builder_, Phase::backward, node_.src, node_.src_size()).buffer)
            .arg(DNNL_ARG_DIFF_DST, d_dst_, d_dst_operand())
            .arg(DNNL_ARG_DIFF_WEIGHTS, made, d_weights)
            .op());
    if (made != weights_) builder_.backward(reorder(builder_, {d_weights}, made, node_.grads[0], weights_));
  }

  void backward_data() {
    const auto chosen = backward_primitive<dnnl::convolution_backward_data>(
        cpu_engine(), {}, forward_, dnnl::algorithm::convolution_direct, d_src_, any_weights_, d_dst_, strides_,
        before_, after_);
    const Buffer weights = chosen.weights_desc() == forward_.weights_desc() ? packed_ : packed(chosen.weights_desc());
    builder_.backward(PrimitiveOp(builder_, dnnl::convolution_backward_data(chosen))
                          .arg(DNNL_ARG_DIFF_DST, d_dst_, d_dst_operand())
                          .arg(DNNL_ARG_WEIGHTS, chosen.weights_desc(), weights)
                          .arg(DNNL_ARG_DIFF_SRC, d_src_, *node_.d_src)
                          .op());
  }

 private:
  dnnl::convolution_forward::primitive_desc forward_desc() const {
    const auto kind =
        node_.kind == PlanKind::training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
    const auto direct = dnnl::algorithm::convolution_direct;
    const dnnl::primitive_attr attributes = fused(activation_.fused());
    using Forward = dnnl::convolution_forward;
    if (node_.params.size() > 1)
      return forward_primitive<Forward>(cpu_engine(), attributes, kind, direct, src_, any_weights_, bias_, dst_,
                                        strides_, before_, after_);
    return forward_primitive<Forward>(cpu_engine(), attributes, kind, direct, src_, any_weights_, dst_, strides_,
                                      before_, after_);
  }

  // The weights in a layout that a primitive asks for, remade when they change.
  Buffer packed(const memory::desc& layout) {
    const std::size_t size = static_cast<std::size_t>(weights_.get_size() / sizeof(float));
    Buffer from = node_.params[0];
    if (builder_.precision() == Precision::bf16_emulated) from = operand(builder_, Phase::forward, from, size).buffer;
    if (layout == weights_) return packed_ = from;
    packed_ = builder_.allocate(floats_of(layout));
    builder_.on_new_weights(reorder(builder_, {from}, weights_, packed_, layout));
    return packed_;
  }

  Buffer d_dst_operand() { return operand(builder_, Phase::backward, node_.d_dst, node_.dst_size()).buffer; }

  PlanBuilder& builder_;
  const LayerNode& node_;
  const ProductActivation& activation_;
  memory::data_type operand_type_;
  memory::desc src_, dst_, d_src_, d_dst_, weights_, any_weights_, any_d_weights_, bias_;
  Dims strides_, before_, after_;
  dnnl::convolution_forward::primitive_desc forward_;
  Buffer packed_;
};

}  // namespace

ConvLayer::ConvLayer(const ConvOptions& options)
    : options_(options),
      activation_(find(activations(), "activation", options.activation)),
      initialise_(find(initialisers(), "initialisation", options.init)) {}

ConvLayer::Window ConvLayer::window(std::size_t rank) const {
  Window window{.kernel = extents(options_.kernel, rank, "kernel", {.low = 1, .high = 1023}),
                .stride = extents(options_.stride, rank, "stride", {.low = 1, .high = 1023}),
                .before = std::vector<std::int32_t>(rank, 0),
                .after = std::vector<std::int32_t>(rank, 0)};
  if (const auto* word = options_.padding.as<std::string>()) {
    if (*word == "same") {
      for (std::size_t i = 0; i < rank; ++i) {
        window.before[i] = (window.kernel[i] - 1) / 2;
        window.after[i] = window.kernel[i] / 2;
      }
    } else if (*word != "valid") {
      throw ConfigError("padding = '" + *word + "' is unknown (must be same, valid, a number or a list)");
    }
  } else {
    window.before = window.after = extents(options_.padding, rank, "padding", {.low = 0, .high = 1023});
  }
  return window;
}

Shape ConvLayer::output(std::span<const Shape> srcs) const {
  const Shape& src = only(srcs);
  const std::vector<std::int32_t> in = spatial_extents(src);
  const Window w = window(in.size());
  if (src[0] % options_.groups != 0 || options_.channels % options_.groups != 0)
    throw ConfigError(
        fmt::format("cannot cut {} channels in and {} out into {} groups", src[0], options_.channels, options_.groups));
  Shape dst{options_.channels};
  for (std::size_t i = 0; i < in.size(); ++i) {
    const std::int32_t room = in[i] + w.before[i] + w.after[i] - w.kernel[i];
    if (room < 0)
      throw ConfigError(
          fmt::format("its kernel of {} needs at least as many in each dimension, is given {} (padding included: {})",
                      to_string(w.kernel), to_string(src), in[i] + w.before[i] + w.after[i]));
    dst.push_back(room / w.stride[i] + 1);
  }
  return dst;
}

std::vector<Tensor> ConvLayer::tensors(const Shape& src) const {
  Shape shape{options_.channels, src[0] / options_.groups};
  for (const std::int32_t side : window(src.size() - 1).kernel) shape.push_back(side);
  std::vector<Tensor> all{{.name = "weights", .shape = shape}};
  if (options_.bias) all.push_back({.name = "bias", .shape = {options_.channels}, .role = Tensor::Role::bias});
  return all;
}

double ConvLayer::flops(const Shape& src) const {
  const Shape dst = output(std::span(&src, 1));
  const Shape weights = tensors(src).front().shape;
  return 2.0 * static_cast<double>(volume(weights)) * num_places(dst);
}

std::string ConvLayer::note(const Shape& src) const {
  const std::vector<std::int32_t> in = spatial_extents(src);
  const Window w = window(in.size());
  std::vector<SlidingExtent> dimensions;
  for (std::size_t i = 0; i < in.size(); ++i)
    dimensions.push_back({in[i], w.kernel[i], w.stride[i], w.before[i], w.after[i]});
  return left_out(dimensions);
}

void ConvLayer::initialise(const Tensor& tensor, std::span<float> values, Rng& rng) const {
  if (tensor.role == Tensor::Role::bias) return;
  const double window = static_cast<double>(volume(tensor.shape)) / tensor.shape[0] / tensor.shape[1];
  initialise_(values,
              {.fan_in = tensor.shape[1] * window,
               .fan_out = tensor.shape[0] / options_.groups * window,
               .activation = activation_,
               .range = options_.init_range,
               .rows = static_cast<std::size_t>(tensor.shape[0]),
               .cols = volume(tensor.shape) / static_cast<std::size_t>(tensor.shape[0])},
              rng);
}

void ConvLayer::compile(PlanBuilder& builder, const LayerNode& node) const {
  ProductActivation activation(builder, node, activation_);
  const Window place = window(node.src_shape.size() - 1);
  Convolution conv(builder, node, place, options_.groups, activation);
  conv.forward();
  activation.forward();
  if (node.kind == PlanKind::inference || !node.runs_backward) return;
  activation.backward(options_.bias && node.trains ? std::optional(node.grads[1]) : std::nullopt);
  if (node.trains) {
    if (has_own_weight_gradient(builder, node, place, options_.groups)) {
      compile_weight_gradient(builder, node, place);
    } else {
      conv.backward_weights();
    }
  }
  if (node.d_src) conv.backward_data();
}

}  // namespace jury
