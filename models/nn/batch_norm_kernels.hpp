// Batch normalisation, relu included, as passes over a (places, channels) matrix.
//
// Arrays lie in an arena: those of one number per channel start on 64 bytes and are padded to whole
// vectors, and a vector may be read past the end of the others, of which exactly what is theirs is written.
// Sums are taken over blocks of places that stay in the cache, in order, and then over the blocks in order.
#pragma once

#include <cstddef>
#include <cstdint>

namespace jury {

/// src (places, channels); mean, variance (channels): of each channel, the variance divided by `places`.
/// Both from one pass: moments of blocks are put together as Chan, Golub, LeVeque 1979 do.
struct BatchMoments {
  std::size_t places, channels;
  const float* src;
  float* mean;
  float* variance;
};
void batch_moments(const BatchMoments& args) noexcept;

enum class NormActivation : std::uint8_t { identity, relu };

/// What a channel goes through: y = (x - mean) factor + shift, then the activation. All (channels).
struct ChannelNorm {
  std::size_t places, channels;
  const float* mean;
  const float* factor;
  const float* shift;
  NormActivation activation = NormActivation::identity;
};

/// src, dst (places, channels): dst = y of src. A NaN stays one.
void normalize_channels(const ChannelNorm& norm, const float* src, float* dst) noexcept;

/// With g = d_dst where the activation lets it through, else 0, of src, d_dst (places, channels):
/// sums (channels) = sum over the places of g, products (channels) = sum of g (src - mean).
struct NormGradientSums {
  const float* src;
  const float* d_dst;
  float* sums;
  float* products;
};
void norm_gradient_sums(const ChannelNorm& norm, const NormGradientSums& args) noexcept;

/// d_src = factor g - offset - slope (src - mean), offset and slope (channels). d_src may be d_dst.
struct NormGradient {
  const float* src;
  const float* d_dst;
  const float* offset;
  const float* slope;
  float* d_src;
};
void norm_gradient(const ChannelNorm& norm, const NormGradient& args) noexcept;

}  // namespace jury
