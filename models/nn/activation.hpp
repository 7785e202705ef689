// The nonlinearities: what a dense layer applies to its sums.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "models/nn/table.hpp"

namespace jury {

enum class Activation : std::uint8_t { identity, relu, tanh, sigmoid };

/// Every activation there is; each can be fused into the product before it, and its derivative is a
/// function of its value alone, so that backward needs no copy of the sums.
std::span<const Entry<Activation>> activations() noexcept;
std::vector<std::string_view> activation_names();

}  // namespace jury
