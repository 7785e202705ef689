// Weights to test a network with.
#pragma once

#include <vector>

#include "models/nn/network.hpp"
#include "runtime/base/rng.hpp"

namespace jury {

/// Normal numbers of this deviation, the same ones each time.
inline std::vector<float> some_weights(const NetworkSpec& spec, double deviation) {
  std::vector<float> weights(num_parameters(spec));
  Rng rng(9);
  for (float& w : weights) w = static_cast<float>(deviation * rng.normal());
  return weights;
}

}  // namespace jury
