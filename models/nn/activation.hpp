// The nonlinearities: what a dense layer applies to its sums.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "models/nn/table.hpp"

namespace jury {

enum class Activation : std::uint8_t {
  identity,
  relu,
  tanh,
  sigmoid,
  leaky_relu,
  elu,
  gelu,
  swish,
  softplus,
  softsign,
};

/// What leaky_relu multiplies negative sums with (Maas, Hannun, Ng 2013).
inline constexpr float kLeakySlope = 0.01F;

/// Every activation there is. See activation_forward() for the formulas.
std::span<const Entry<Activation>> activations() noexcept;
std::vector<std::string_view> activation_names();

/// Whether its derivative needs the sum x; otherwise it is a function of the value alone, so that
/// backward needs no copy of the sums.
constexpr bool needs_source(Activation activation) noexcept {
  return activation == Activation::gelu || activation == Activation::swish;
}

}  // namespace jury
