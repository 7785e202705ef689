// What the convolutions of a network cost alone.
#pragma once

#include <cstdint>
#include <vector>

#include "models/nn/network.hpp"
#include "models/nn/plan_builder.hpp"

namespace jury {

/// A convolution as oneDNN's standalone primitives in f32: values channels last, weights as each primitive wants
/// them, no bias, no activation. Expects a node that is a convolution.
struct BareConvolution {
  const Network::Node& node;
  std::int32_t batch = 1;
  bool trains = false;  ///< also the gradient of the weights
  bool d_src = false;   ///< also that of the data
};

/// The primitives, on memory of the builder's.
std::vector<Op> bare_convolution(PlanBuilder& builder, const BareConvolution& convolution);

}  // namespace jury
