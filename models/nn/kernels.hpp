// The vector loops around oneDNN's products: one kernel, one function, naive references in the tests.
// Each is written once with Highway and dispatched to the processor's vectors at run time.
//
// Unless said otherwise arrays start on 64 bytes and may be read and written up to padded_size()
// floats. Matrices are row-major without gaps.
#pragma once

#include <cstddef>
#include <cstdint>

#include "models/nn/activation.hpp"
#include "models/nn/aligned_block.hpp"

namespace jury {

/// dst[i] = activation(src[i]), i < size; dst may be src:
///
///   relu        max(x, 0)
///   leaky_relu  x > 0 ? x : 0.01 x             (Maas, Hannun, Ng 2013)
///   elu         x > 0 ? x : exp(x) - 1         (Clevert, Unterthiner, Hochreiter 2016)
///   gelu        x Phi(x), by the error function (Hendrycks, Gimpel 2016); Phi is within 2e-7
///   swish       x sigmoid(x)                   (Ramachandran, Zoph, Le 2017)
///   softplus    log(1 + exp(x))                (Dugas et al. 2001)
///   softsign    x / (1 + |x|)                  (Bergstra et al. 2009)
///
/// tanh, sigmoid and identity. No finite sum overflows, and a NaN stays one.
void activation_forward(Activation activation, const float* src, float* dst, std::size_t size) noexcept;

/// sums (rows, cols), bias (cols, any alignment, exactly cols are read): sums = activation(sums + bias).
struct BiasedSums {
  float* sums;
  const float* bias;
  std::size_t rows, cols;
};
void add_bias_and_activate(Activation activation, const BiasedSums& args) noexcept;

/// dst (rows, cols), d_dst (rows, cols), d_bias (cols, any alignment, exactly cols are written),
/// src (rows, cols) the sums, read only where needs_source(activation).
/// d_dst *= activation'(dst or src), then d_bias = column sums of d_dst, added in row order.
/// A layer without a bias has one row as wide as all values, whose sums are themselves: d_bias may then be d_dst.
struct ActivationBackward {
  const float* dst;
  float* d_dst;
  float* d_bias;
  std::size_t rows, cols;
  const float* src = nullptr;
};
void activation_backward(Activation activation, const ActivationBackward& args) noexcept;

/// logits (rows, cols), out (rows, cols): exp(x - max) / sum, per row. out may be logits.
void softmax(const float* logits, float* out, std::size_t rows, std::size_t cols) noexcept;

/// logits, d_logits (rows, cols); labels, row_weights, scratch (rows).
/// d_logits = row_weights / rows * (softmax(logits) - onehot(labels)).
/// Returns the sum over the rows of row_weight * -log softmax(logits)[label], in double, in order.
struct SoftmaxCrossEntropy {
  const float* logits;
  const std::int32_t* labels;
  const float* row_weights;
  float* d_logits;
  float* scratch;
  std::size_t rows, cols;
};
double softmax_cross_entropy(const SoftmaxCrossEntropy& args) noexcept;

/// values, targets, d_values (rows, cols); row_weights (rows).
/// d_values = row_weights * 2 (values - targets) / (rows cols).
/// Returns the sum over the rows of row_weight * mean over cols of (values - targets)^2, in double.
struct SquaredError {
  const float* values;
  const float* targets;
  const float* row_weights;
  float* d_values;
  std::size_t rows, cols;
};
double squared_error(const SquaredError& args) noexcept;

/// mask (dropout_mask_floats(size)): mask[i] = u_i < rate ? 0 : 1 / (1 - rate), where u_i is the top
/// 24 bits of word i / q of philox({i % q, layer, step, step >> 32}, key), q = dropout_mask_floats(size) / 4.
struct DropoutMask {
  std::uint64_t key, step;
  std::uint32_t layer;
  float rate;
  float* mask;
  std::size_t size;
};
void dropout_mask(const DropoutMask& args) noexcept;
constexpr std::size_t dropout_mask_floats(std::size_t size) noexcept { return 4 * padded_size((size + 3) / 4); }

/// out[i] = a[i] * b[i], i < size.
void multiply(const float* a, const float* b, float* out, std::size_t size) noexcept;

/// y[i] += factor * x[i], i < size; any alignment, exactly size are touched.
void add_scaled(float factor, const float* x, float* y, std::size_t size) noexcept;

/// out[i] = x[i] rounded to bf16 (to the nearest, ties to even), i < size: as floats, or as the upper
/// halves of their bits. x starts anywhere; out may be written up to padded_size(size).
void round_to_bf16(const float* x, float* out, std::size_t size) noexcept;
void convert_to_bf16(const float* x, std::uint16_t* out, std::size_t size) noexcept;

/// Each of `count` (rows, cols) matrices, one after the other, transposed: out is (count, cols, rows).
/// Any alignment, exactly count * rows * cols are touched. in is not out.
struct TransposeEach {
  const float* in;
  float* out;
  std::size_t count, rows, cols;
};
void transpose_each(const TransposeEach& args) noexcept;

}  // namespace jury
