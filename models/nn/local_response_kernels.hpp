// Local response normalisation. Arrays lie in an arena: a vector may be read past their end, exactly
// what is theirs is written.
#pragma once

#include <cstddef>

#include "models/nn/aligned_block.hpp"

namespace jury {

/// src, dst, sums (places, channels); window (local_response_floats(channels, size)) is scratch.
/// sums[c] = k + alpha / size * sum of src[j]^2, j from c - size / 2 on, `size` channels, those there are;
/// dst = src * sums^-beta.
struct LocalResponse {
  std::size_t places, channels, size;
  float alpha, beta, k;
  const float* src;
  float* dst;
  float* sums;
  float* window;
};
void local_response(const LocalResponse& args) noexcept;
constexpr std::size_t local_response_floats(std::size_t channels, std::size_t size) noexcept {
  return padded_size(channels) + size + kVectorFloats;
}

/// d_src[c] = d_dst[c] sums[c]^-beta - 2 alpha beta / size * src[c] * sum of d_dst[j] dst[j] / sums[j] over
/// the channels j whose sums hold c.
struct LocalResponseBackward {
  LocalResponse forward;
  const float* d_dst;
  float* d_src;
};
void local_response_backward(const LocalResponseBackward& args) noexcept;

}  // namespace jury
