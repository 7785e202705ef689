#include "models/nn/lstm_layer.hpp"

#include <algorithm>

#include "models/nn/primitive.hpp"
#include "models/nn/recurrent_level.hpp"

namespace jury {
namespace {

CellPrimitives make_lstm(const CellShapes& shapes, PlanKind kind) {
  using Forward = dnnl::lstm_forward;
  using Backward = dnnl::lstm_backward;
  const dnnl::memory::desc none;  // of the last states' places
  const auto& [direction, src, state, dst, bias, ih, hh, backward_ih, backward_hh] = shapes;
  const auto prop = kind == PlanKind::training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
  const auto forward = forward_primitive<Forward>(cpu_engine(), own_scratchpad(), prop, direction, src, state, state,
                                                  ih, hh, bias, dst, none, none);
  if (kind == PlanKind::inference) return {forward, {}};
  return {forward, backward_primitive<Backward>(
                       cpu_engine(), own_scratchpad(), forward, dnnl::prop_kind::backward, direction,  //
                       src, state, state, backward_ih, backward_hh, bias, dst, none, none,             // values
                       src, state, state, ih, hh, bias, dst, none, none)};                             // gradients
}

constexpr RecurrentCell kLstm{.gates = 4, .states = 2, .biases = 4, .order = {0, 1, 2, 3}, .make = make_lstm};

}  // namespace

LstmLayer::LstmLayer(const LstmOptions& options)
    : RecurrentLayer(kLstm, options), forget_bias_(static_cast<float>(options.forget_bias)) {}

void LstmLayer::initialise(const Tensor& tensor, std::span<float> values, Rng& rng) const {
  RecurrentLayer::initialise(tensor, values, rng);
  const auto size = static_cast<std::size_t>(units());
  if (tensor.role == Tensor::Role::bias) std::fill_n(values.begin() + units(), size, forget_bias_);
}

}  // namespace jury
