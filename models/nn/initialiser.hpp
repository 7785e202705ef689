// Where weights start.
#pragma once

#include <cstddef>
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
  double range = 0.5;                            ///< of uniform
  std::size_t rows = 1, cols = 1;                ///< of the matrix: outputs, all that comes into one
};

/// Fills a weight tensor (rows, cols) from a stream; draws one or two numbers per weight, in order.
using Initialise = void (*)(std::span<float> weights, const FanInOut& fans, Rng& rng);

/// Every initialisation there is:
///
///   kaiming_*   deviation gain / sqrt(fan_in)          (He, Zhang, Ren, Sun 2015)
///   xavier_*    deviation sqrt(2 / (fan_in + fan_out)) (Glorot, Bengio 2010)
///   orthogonal  gain * Q, Q with orthonormal rows or columns, whichever are fewer, uniform among all such
///               (Saxe, McClelland, Ganguli 2014): from the QR decomposition of a normal matrix, with
///               R's diagonal made positive (Mezzadri 2007). About 4 fewer^2 more operations.
///   uniform     in [-range, range]
///
/// _normal draws from a normal of that deviation, _uniform from the uniform of that deviation, in +-sqrt(3)
/// of it. Without a suffix: _normal. Biases start at 0. The gain keeps the size of signals from layer to
/// layer: sqrt(2) before relu, sqrt(2 / (1 + slope^2)) before leaky_relu (He et al. 2015), 5/3 before
/// tanh (PyTorch's calculate_gain), 1 otherwise.
std::span<const Entry<Initialise>> initialisers() noexcept;
std::vector<std::string_view> initialiser_names();

}  // namespace jury
