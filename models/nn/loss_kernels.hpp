// Losses on targets: softmax with soft labels, sigmoid, and plain values. One kernel, one function.
#pragma once

#include <cstddef>

namespace jury {

/// One batch of any of them. Arrays start on 64 bytes and may be read and written up to
/// padded_size() floats; matrices are row-major without gaps.
struct LossBatch {
  const float* sums;         ///< (rows, cols) of the last layer; gaussian_nll: (rows, 2 cols)
  const float* targets;      ///< (rows, cols)
  const float* row_weights;  ///< (rows)
  float* d_sums;             ///< the shape of `sums`: gradient of mean over the rows of weight times loss
  float* scratch;            ///< (rows)
  std::size_t rows, cols;
};

// Each writes d_sums and returns the sum over the rows of row_weight * loss, in double, in order.
// Formulas are at losses().

double soft_cross_entropy(const LossBatch& batch) noexcept;
double softmax_squared_error(const LossBatch& batch) noexcept;
double binary_cross_entropy(const LossBatch& batch) noexcept;
double sigmoid_squared_error(const LossBatch& batch) noexcept;
double absolute_error(const LossBatch& batch) noexcept;
double huber_error(const LossBatch& batch, double delta) noexcept;
double quantile_error(const LossBatch& batch, double quantile) noexcept;
double gaussian_nll(const LossBatch& batch) noexcept;
double poisson_nll(const LossBatch& batch) noexcept;

}  // namespace jury
