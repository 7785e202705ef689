// Layer normalisation. Arrays lie in an arena: a vector may be read past their end, exactly what is
// theirs is written.
#pragma once

#include <cstddef>

namespace jury {

/// src, dst (rows, cols); scale, shift (cols); means, inverses (rows).
/// dst = (src - mean) * inverse * scale + shift, where mean and inverse = 1 / sqrt(variance + epsilon)
/// are those of the row; the variance divides by cols.
struct LayerNorm {
  std::size_t rows, cols;
  float epsilon;
  const float* src;
  const float* scale;
  const float* shift;
  float* dst;
  float* means;
  float* inverses;
};
void layer_norm(const LayerNorm& args) noexcept;

/// With x = (src - mean) * inverse:  d_scale = sum over rows of d_dst x, d_shift = sum of d_dst,
/// d_src = inverse * (g - mean of g - x * mean of g x), g = scale d_dst, means over the row.
/// The sums over rows add up groups of 256 rows, in order; partial (cols) is scratch for each of them.
/// Null: d_src or d_scale, d_shift and their partials where they are not wanted.
struct LayerNormBackward {
  std::size_t rows, cols;
  const float* src;
  const float* scale;
  const float* means;
  const float* inverses;
  const float* d_dst;
  float* d_src;
  float* d_scale;
  float* d_shift;
  float* partial_scale;
  float* partial_shift;
};
void layer_norm_backward(const LayerNormBackward& args) noexcept;

}  // namespace jury
