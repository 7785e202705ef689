// The gradient of a convolution's weights, where oneDNN's is slow: before AVX-512.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace jury {

/// Channels of dst are taken in strips of so many.
inline constexpr std::size_t kConvStrip = 16;

/// One sample: src channels last with its padding around it, d_dst (positions, channels).
/// sums[t, c] += sum over the positions p, in order, of src[positions[p] + taps[t]] * d_dst[p, c].
/// sums (taps, channels). Expects channels to be a multiple of kConvStrip.
struct ConvWeightGradient {
  std::span<const std::int32_t> taps;
  std::span<const std::int32_t> positions;
  std::size_t channels;
  const float* src;
  const float* d_dst;
  float* strip;  ///< (positions, kConvStrip), scratch
  float* sums;
};
void add_conv_weight_gradient(const ConvWeightGradient& args) noexcept;

}  // namespace jury
