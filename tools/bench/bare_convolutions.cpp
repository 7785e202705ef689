#include "tools/bench/bare_convolutions.hpp"

#include "models/nn/conv_layer.hpp"
#include "models/nn/primitive.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

using dnnl::memory;

memory::dims dims(std::initializer_list<std::int32_t> first, std::span<const std::int32_t> rest) {
  memory::dims all(first.begin(), first.end());
  all.insert(all.end(), rest.begin(), rest.end());
  return all;
}

// A memory that is one of a primitive's arguments.
struct Argument {
  int number;
  memory::desc desc;
};

// The primitive on memory of its own.
Op alone(PlanBuilder& builder, const dnnl::primitive& primitive, std::initializer_list<Argument> arguments) {
  PrimitiveOp op(builder, primitive);
  for (const auto& [number, desc] : arguments) op.arg(number, desc, builder.allocate(floats_of(desc)));
  return op.op();
}

}  // namespace

std::vector<Op> bare_convolution(PlanBuilder& builder, const BareConvolution& convolution) {
  const auto* const layer = dynamic_cast<const ConvLayer*>(convolution.node.layer.get());
  JURY_EXPECTS(layer != nullptr);
  const Shape &from = convolution.node.src(), &to = convolution.node.dst;
  const std::size_t rank = from.size() - 1;
  const ConvLayer::Window window = layer->window(rank);
  const std::int32_t in_group = layer->tensors(from).front().shape[1], groups = from[0] / in_group;
  static constexpr memory::format_tag tags[] = {memory::format_tag::acb, memory::format_tag::acdb,
                                                memory::format_tag::acdeb};
  const memory::desc src(dims({convolution.batch}, from), memory::data_type::f32, tags[rank - 1]);
  const memory::desc dst(dims({convolution.batch}, to), memory::data_type::f32, tags[rank - 1]);
  memory::dims sizes = dims({to[0] / groups, in_group}, window.kernel);
  if (groups > 1) sizes.insert(sizes.begin(), groups);
  const memory::desc weights(sizes, memory::data_type::f32, memory::format_tag::any);
  const memory::dims stride = dims({}, window.stride), before = dims({}, window.before), after = dims({}, window.after);
  const auto direct = dnnl::algorithm::convolution_direct;

  const auto forward = forward_primitive<dnnl::convolution_forward>(cpu_engine(), {}, dnnl::prop_kind::forward_training,
                                                                    direct, src, weights, dst, stride, before, after);
  std::vector<Op> ops{alone(builder, dnnl::convolution_forward(forward),
                            {{DNNL_ARG_SRC, src}, {DNNL_ARG_WEIGHTS, forward.weights_desc()}, {DNNL_ARG_DST, dst}})};
  if (convolution.trains) {
    const auto backward = backward_primitive<dnnl::convolution_backward_weights>(cpu_engine(), {}, forward, direct, src,
                                                                                 weights, dst, stride, before, after);
    ops.push_back(
        alone(builder, dnnl::convolution_backward_weights(backward),
              {{DNNL_ARG_SRC, src}, {DNNL_ARG_DIFF_DST, dst}, {DNNL_ARG_DIFF_WEIGHTS, backward.diff_weights_desc()}}));
  }
  if (convolution.d_src) {
    const auto backward = backward_primitive<dnnl::convolution_backward_data>(cpu_engine(), {}, forward, direct, src,
                                                                              weights, dst, stride, before, after);
    ops.push_back(
        alone(builder, dnnl::convolution_backward_data(backward),
              {{DNNL_ARG_DIFF_DST, dst}, {DNNL_ARG_WEIGHTS, backward.weights_desc()}, {DNNL_ARG_DIFF_SRC, src}}));
  }
  return ops;
}

}  // namespace jury
