#include "models/nn/initialiser.hpp"

#include <cmath>

namespace jury {
namespace {

double gain(Activation activation) noexcept {
  switch (activation) {
    case Activation::relu:
      return std::sqrt(2.0);
    case Activation::tanh:
      return 5.0 / 3.0;
    case Activation::sigmoid:
    case Activation::identity:
      break;
  }
  return 1.0;
}

double kaiming(const FanInOut& fans) noexcept { return gain(fans.activation) / std::sqrt(fans.fan_in); }
double xavier(const FanInOut& fans) noexcept { return std::sqrt(2.0 / (fans.fan_in + fans.fan_out)); }

template <auto deviation>
void normal(std::span<float> weights, const FanInOut& fans, Rng& rng) {
  const double scale = deviation(fans);
  for (float& weight : weights) weight = static_cast<float>(scale * rng.normal());
}

template <auto deviation>
void uniform(std::span<float> weights, const FanInOut& fans, Rng& rng) {
  const double bound = std::sqrt(3.0) * deviation(fans);
  for (float& weight : weights) weight = static_cast<float>(bound * (2.0 * rng.uniform() - 1.0));
}

}  // namespace

std::span<const Entry<Initialise>> initialisers() noexcept {
  static constexpr Entry<Initialise> table[] = {
      {"kaiming", "the same as kaiming_normal", normal<kaiming>},
      {"kaiming_normal", "normal, gain / sqrt(fan_in)", normal<kaiming>},
      {"kaiming_uniform", "uniform of the same deviation", uniform<kaiming>},
      {"xavier", "the same as xavier_normal", normal<xavier>},
      {"xavier_normal", "normal, sqrt(2 / (fan_in + fan_out))", normal<xavier>},
      {"xavier_uniform", "uniform of the same deviation", uniform<xavier>},
  };
  return table;
}

std::vector<std::string_view> initialiser_names() { return names(initialisers()); }

}  // namespace jury
