#include "models/nn/gru_layer.hpp"

#include "models/nn/primitive.hpp"
#include "models/nn/recurrent_level.hpp"

namespace jury {
namespace {

CellPrimitives make_gru(const CellShapes& shapes, PlanKind kind) {
  using Forward = dnnl::lbr_gru_forward;
  using Backward = dnnl::lbr_gru_backward;
  const dnnl::memory::desc none;  // of the last state's place
  const auto& [direction, src, state, dst, bias, ih, hh, backward_ih, backward_hh] = shapes;
  const auto prop = kind == PlanKind::training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
  const auto forward =
      forward_primitive<Forward>(cpu_engine(), own_scratchpad(), prop, direction, src, state, ih, hh, bias, dst, none);
  if (kind == PlanKind::inference) return {forward, {}};
  return {forward, backward_primitive<Backward>(cpu_engine(), own_scratchpad(), forward, dnnl::prop_kind::backward,
                                                direction,                                              //
                                                src, state, backward_ih, backward_hh, bias, dst, none,  // values
                                                src, state, ih, hh, bias, dst, none)};                  // gradients
}

// oneDNN has the update gate z first.
constexpr RecurrentCell kGru{.gates = 3, .states = 1, .biases = 4, .order = {1, 0, 2, 3}, .make = make_gru};

}  // namespace

GruLayer::GruLayer(const GruOptions& options) : RecurrentLayer(kGru, options) {}

}  // namespace jury
