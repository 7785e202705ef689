#include "models/nn/activation.hpp"

namespace jury {

std::span<const Entry<Activation>> activations() noexcept {
  static constexpr Entry<Activation> table[] = {
      {"relu", "max(x, 0)", Activation::relu},
      {"tanh", "tanh(x)", Activation::tanh},
      {"sigmoid", "1 / (1 + exp(-x))", Activation::sigmoid},
      {"identity", "x", Activation::identity},
      {"leaky_relu", "x > 0 ? x : 0.01 x", Activation::leaky_relu},
      {"elu", "x > 0 ? x : exp(x) - 1", Activation::elu},
      {"gelu", "x Phi(x), Phi the normal distribution", Activation::gelu},
      {"swish", "x sigmoid(x)", Activation::swish},
      {"softplus", "log(1 + exp(x))", Activation::softplus},
      {"softsign", "x / (1 + |x|)", Activation::softsign},
  };
  return table;
}

std::vector<std::string_view> activation_names() { return names(activations()); }

}  // namespace jury
