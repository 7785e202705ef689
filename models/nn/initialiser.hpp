// Where weights start.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "models/nn/activation.hpp"
#include "models/nn/table.hpp"
#include "runtime/base/rng.hpp"

namespace jury {

/// A weight matrix's place in the network.
struct FanInOut {
  double fan_in = 1;                             ///< inputs of one unit
  double fan_out = 1;                            ///< units one input feeds
  Activation activation = Activation::identity;  ///< what follows
};

/// Fills a weight tensor from a stream; draws one or two numbers per weight, in order.
using Initialise = void (*)(std::span<float> weights, const FanInOut& fans, Rng& rng);

/// Every initialisation there is:
///
///   kaiming_*  deviation gain / sqrt(fan_in)          (He, Zhang, Ren, Sun 2015)
///   xavier_*   deviation sqrt(2 / (fan_in + fan_out)) (Glorot, Bengio 2010)
///
/// with gain sqrt(2) before relu, 5/3 before tanh and 1 otherwise. _normal draws from a normal of
/// that deviation, _uniform from the uniform of that deviation, in +-sqrt(3) of it. Without a
/// suffix: _normal. Biases start at 0.
std::span<const Entry<Initialise>> initialisers() noexcept;
std::vector<std::string_view> initialiser_names();

}  // namespace jury
