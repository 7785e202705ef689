#include "models/nn/activation.hpp"

namespace jury {

std::span<const Entry<Activation>> activations() noexcept {
  static constexpr Entry<Activation> table[] = {
      {"relu", "max(x, 0)", Activation::relu},
      {"tanh", "tanh(x)", Activation::tanh},
      {"sigmoid", "1 / (1 + exp(-x))", Activation::sigmoid},
      {"identity", "x", Activation::identity},
  };
  return table;
}

std::vector<std::string_view> activation_names() { return names(activations()); }

}  // namespace jury
