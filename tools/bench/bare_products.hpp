// What the matrix products of a network cost alone.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/nn/aligned_block.hpp"
#include "models/nn/network.hpp"
#include "models/nn/plan.hpp"

namespace jury {

/// The products of a network's dense layers and convolutions by oneDNN alone in f32: no bias, no activation, every
/// operand in its place; of dense layers standalone primitives, forward alone with weights that were packed before, as
/// predictions have them. One run is one of each.
class BareProducts {
 public:
  enum class Directions : std::uint8_t {
    forward,
    step,  ///< also the gradients of the weights and, from the second layer on, of the data
  };

  /// Nothing when the network is recurrent: those products are not among these.
  static std::optional<BareProducts> of(const NetworkSpec& spec, std::int32_t batch, Directions directions);

  /// Seconds that so many runs took.
  double seconds_of(std::int64_t runs);

 private:
  BareProducts() = default;

  std::vector<Op> ops_;
  AlignedBlock arena_, weights_;
  Step step_;
};

}  // namespace jury
