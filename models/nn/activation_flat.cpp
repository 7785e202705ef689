#include "models/nn/activation_flat.hpp"

#include <algorithm>
#include <cmath>

namespace jury {
namespace {

float value(Activation activation, float x) noexcept {
  switch (activation) {
    case Activation::relu:
      return x < 0 ? 0 : x;
    case Activation::tanh:
      return std::tanh(x);
    case Activation::sigmoid:
      return 1 / (1 + std::exp(-x));
    case Activation::identity:
      break;
  }
  return x;
}

float slope(Activation activation, float x) noexcept {
  const float y = value(activation, x);
  switch (activation) {
    case Activation::relu:
      return y > 0 ? 1 : 0;
    case Activation::tanh:
      return 1 - y * y;
    case Activation::sigmoid:
      return y * (1 - y);
    case Activation::identity:
      break;
  }
  return 1;
}

}  // namespace

void activation_forward(Activation activation, const float* src, float* dst, std::size_t size) noexcept {
  for (std::size_t i = 0; i < size; ++i) dst[i] = value(activation, src[i]);
}

void activation_backward_from_source(Activation activation, const float* src, float* d_dst, std::size_t size) noexcept {
  for (std::size_t i = 0; i < size; ++i) d_dst[i] *= slope(activation, src[i]);
}

}  // namespace jury
