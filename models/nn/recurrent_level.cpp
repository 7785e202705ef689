#include "models/nn/recurrent_level.hpp"

#include <algorithm>

#include "models/nn/primitive.hpp"

namespace jury {
namespace {

using dnnl::memory;

constexpr std::array kStates = {DNNL_ARG_SRC_ITER, DNNL_ARG_SRC_ITER_C};
constexpr std::array kDiffStates = {DNNL_ARG_DIFF_SRC_ITER, DNNL_ARG_DIFF_SRC_ITER_C};
constexpr auto kFloat = memory::data_type::f32;

// (n, time, features) in memory.
memory::desc sequence(const LevelSizes& sizes, std::int32_t features) {
  return {{sizes.time, sizes.batch, features}, kFloat, memory::format_tag::ntc};
}

// One gate's weights (units, inputs): as stored, or with the strides they have in a packed tensor.
memory::desc gate(const LevelSizes& sizes, std::int32_t inputs, const memory::dims& strides) {
  return {{sizes.units, inputs}, kFloat, strides};
}

}  // namespace

dnnl::primitive_attr own_scratchpad() {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attributes;
}

RecurrentLevel::RecurrentLevel(PlanBuilder& builder, const RecurrentCell& cell, const LevelSizes& sizes)
    : builder_(builder), cell_(cell), sizes_(sizes) {
  using enum memory::format_tag;
  const memory::dims ih = {1, sizes.directions, sizes.inputs, cell.gates, sizes.units};
  const memory::dims hh = {1, sizes.directions, sizes.units, cell.gates, sizes.units};
  shapes_ = {.direction = sizes.directions == 2 ? dnnl::rnn_direction::bidirectional_concat
                                                : dnnl::rnn_direction::unidirectional_left2right,
             .src = sequence(sizes, sizes.inputs),
             .state = {{1, sizes.directions, sizes.batch, sizes.units}, kFloat, ldnc},
             .dst = sequence(sizes, sizes.units * sizes.directions),
             .bias = {{1, sizes.directions, cell.biases, sizes.units}, kFloat, ldgo},
             .weights_ih = {ih, kFloat, ldigo},
             .weights_hh = {hh, kFloat, ldigo},
             .backward_weights_ih = {ih, kFloat, ldgoi},
             .backward_weights_hh = {hh, kFloat, ldgoi}};
  primitives_ = cell.make(shapes_, builder.kind());
}

std::size_t RecurrentLevel::scratch_floats() const {
  const std::size_t forward = floats_of(primitives_.forward.scratchpad_desc());
  return primitives_.backward ? std::max(forward, floats_of(primitives_.backward->scratchpad_desc())) : forward;
}

std::size_t RecurrentLevel::per_direction(std::int32_t rows) const {
  return static_cast<std::size_t>(rows) * static_cast<std::size_t>(sizes_.units);
}

void RecurrentLevel::pack(Tensors params, std::size_t which, std::int32_t inputs, Buffer to, Order order) {
  const bool inputs_last = order == Order::backward;
  const memory::desc packed =
      gate(sizes_, inputs, inputs_last ? memory::dims{inputs, 1} : memory::dims{1, cell_.gates * sizes_.units});
  const std::size_t step = inputs_last ? per_direction(inputs) : per_direction(1);  // from gate to gate
  for (std::size_t d = 0; d < static_cast<std::size_t>(sizes_.directions); ++d)
    for (std::size_t g = 0; g < static_cast<std::size_t>(cell_.gates); ++g) {
      Buffer from = params[kTensors * d + which], place = to;
      from.offset += static_cast<std::size_t>(cell_.order[g]) * per_direction(inputs);
      place.offset += d * per_direction(cell_.gates * inputs) + g * step;
      builder_.on_new_weights(reorder(builder_, {from}, gate(sizes_, inputs, {inputs, 1}), place, packed));
    }
}

void RecurrentLevel::unpack(Tensors grads, std::size_t which, std::int32_t inputs, Buffer from) {
  const memory::desc packed = gate(sizes_, inputs, {1, cell_.gates * sizes_.units});
  for (std::size_t d = 0; d < static_cast<std::size_t>(sizes_.directions); ++d)
    for (std::size_t g = 0; g < static_cast<std::size_t>(cell_.gates); ++g) {
      Buffer place = from, to = grads[kTensors * d + which];
      place.offset += d * per_direction(cell_.gates * inputs) + g * per_direction(1);
      to.offset += static_cast<std::size_t>(cell_.order[g]) * per_direction(inputs);
      builder_.backward(reorder(builder_, {place}, packed, to, gate(sizes_, inputs, {inputs, 1})));
    }
}

void RecurrentLevel::forward(const Forward& args) {
  forward_ = args;
  const Buffer weights_ih = builder_.allocate(floats_of(shapes_.weights_ih));
  const Buffer weights_hh = builder_.allocate(floats_of(shapes_.weights_hh));
  bias_ = builder_.allocate(floats_of(shapes_.bias));
  pack(args.params, 0, sizes_.inputs, weights_ih, Order::forward);
  pack(args.params, 1, sizes_.units, weights_hh, Order::forward);
  for (std::size_t d = 0; d < static_cast<std::size_t>(sizes_.directions); ++d)
    builder_.on_new_weights([from = args.params[kTensors * d + 2], to = bias_, d, units = per_direction(1),
                             biases = static_cast<std::size_t>(cell_.biases), order = cell_.order](Step& step) {
      for (std::size_t b = 0; b < biases; ++b)
        std::copy_n(step.at(from) + static_cast<std::size_t>(order[b]) * units, units,
                    step.at(to) + (d * biases + b) * units);
    });

  PrimitiveOp op(builder_, dnnl::primitive(primitives_.forward));
  op.arg(DNNL_ARG_SRC_LAYER, shapes_.src, args.src)
      .arg(DNNL_ARG_WEIGHTS_LAYER, shapes_.weights_ih, weights_ih)
      .arg(DNNL_ARG_WEIGHTS_ITER, shapes_.weights_hh, weights_hh)
      .arg(DNNL_ARG_BIAS, shapes_.bias, bias_)
      .arg(DNNL_ARG_DST_LAYER, shapes_.dst, args.dst)
      .arg(DNNL_ARG_SCRATCHPAD, primitives_.forward.scratchpad_desc(), args.scratch);
  const std::size_t state_floats = floats_of(shapes_.state);
  zeros_ = builder_.allocate(state_floats);
  builder_.on_bind([zeros = zeros_, state_floats](Step& step) { std::fill_n(step.at(zeros), state_floats, 0.0F); });
  for (std::size_t i = 0; i < static_cast<std::size_t>(cell_.states); ++i) op.arg(kStates[i], shapes_.state, zeros_);
  if (builder_.kind() == PlanKind::training) {
    const memory::desc workspace = primitives_.forward.query_md(dnnl::query::workspace_md);
    workspace_ = builder_.allocate(floats_of(workspace));
    op.arg(DNNL_ARG_WORKSPACE, workspace, workspace_);
  }
  builder_.forward(op.op());
}

void RecurrentLevel::backward(const Backward& args) {
  const Buffer weights_ih = builder_.allocate(floats_of(shapes_.backward_weights_ih));
  const Buffer weights_hh = builder_.allocate(floats_of(shapes_.backward_weights_hh));
  pack(forward_.params, 0, sizes_.inputs, weights_ih, Order::backward);
  pack(forward_.params, 1, sizes_.units, weights_hh, Order::backward);

  const std::size_t size_ih = floats_of(shapes_.weights_ih), size_hh = floats_of(shapes_.weights_hh);
  const std::size_t size_bias = floats_of(shapes_.bias);
  const Buffer d_ih = builder_.allocate(size_ih), d_hh = builder_.allocate(size_hh);
  const Buffer d_bias = builder_.allocate(size_bias);
  const Buffer d_src = args.d_src ? *args.d_src : builder_.allocate(floats_of(shapes_.src));
  builder_.backward([=](Step& step) {  // oneDNN adds to them
    std::fill_n(step.at(d_ih), size_ih, 0.0F);
    std::fill_n(step.at(d_hh), size_hh, 0.0F);
    std::fill_n(step.at(d_bias), size_bias, 0.0F);
  });
  PrimitiveOp op(builder_, dnnl::primitive(*primitives_.backward));
  for (std::size_t i = 0; i < static_cast<std::size_t>(cell_.states); ++i)
    op.arg(kStates[i], shapes_.state, zeros_)
        .arg(kDiffStates[i], shapes_.state, builder_.allocate(floats_of(shapes_.state)));
  builder_.backward(op  //
                        .arg(DNNL_ARG_SRC_LAYER, shapes_.src, forward_.src)
                        .arg(DNNL_ARG_WEIGHTS_LAYER, shapes_.backward_weights_ih, weights_ih)
                        .arg(DNNL_ARG_WEIGHTS_ITER, shapes_.backward_weights_hh, weights_hh)
                        .arg(DNNL_ARG_BIAS, shapes_.bias, bias_)
                        .arg(DNNL_ARG_DST_LAYER, shapes_.dst, forward_.dst)
                        .arg(DNNL_ARG_WORKSPACE, primitives_.forward.query_md(dnnl::query::workspace_md), workspace_)
                        .arg(DNNL_ARG_DIFF_DST_LAYER, shapes_.dst, args.d_dst)
                        .arg(DNNL_ARG_DIFF_SRC_LAYER, shapes_.src, d_src)
                        .arg(DNNL_ARG_DIFF_WEIGHTS_LAYER, shapes_.weights_ih, d_ih)
                        .arg(DNNL_ARG_DIFF_WEIGHTS_ITER, shapes_.weights_hh, d_hh)
                        .arg(DNNL_ARG_DIFF_BIAS, shapes_.bias, d_bias)
                        .arg(DNNL_ARG_SCRATCHPAD, primitives_.backward->scratchpad_desc(), forward_.scratch)
                        .op());
  if (args.grads.empty()) return;
  unpack(args.grads, 0, sizes_.inputs, d_ih);
  unpack(args.grads, 1, sizes_.units, d_hh);
  for (std::size_t d = 0; d < static_cast<std::size_t>(sizes_.directions); ++d)
    builder_.backward([from = d_bias, to = args.grads[kTensors * d + 2], d, units = per_direction(1),
                       biases = static_cast<std::size_t>(cell_.biases), order = cell_.order](Step& step) {
      for (std::size_t b = 0; b < biases; ++b)
        std::copy_n(step.at(from) + (d * biases + b) * units, units,
                    step.at(to) + static_cast<std::size_t>(order[b]) * units);
    });
}

}  // namespace jury
