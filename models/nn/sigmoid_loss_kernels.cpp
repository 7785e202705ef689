// Losses of the sigmoid head, from its sums.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/nn/sigmoid_loss_kernels.cpp"
// Highway needs this order.
// clang-format off
#include "models/nn/simd_targets.hpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include <hwy/contrib/math/math-inl.h>
// clang-format on

#include <algorithm>

#include "models/nn/loss_kernels.hpp"

HWY_BEFORE_NAMESPACE();
namespace jury::HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

// exp(-|x|), which never overflows; NaN stays NaN.
V exp_minus_abs(D d, V x) {
  const V power = hn::Neg(hn::Abs(x));
  return hn::IfThenElse(hn::IsNaN(x), x, hn::Exp(d, power));
}

// out = 1 / (1 + exp(-x)), flat.
void Sigmoid(const float* x, float* out, std::size_t size) {
  const D d;
  const V one = hn::Set(d, 1.0F);
  for (std::size_t i = 0; i < size; i += hn::Lanes(d)) {
    const V sum = hn::Load(d, x + i), e = exp_minus_abs(d, sum);
    hn::Store(hn::Div(hn::IfThenElse(hn::Lt(sum, hn::Zero(d)), e, one), hn::Add(one, e)), d, out + i);
  }
}

// out = log(1 + exp(-|x|)), flat.
void LogOnePlus(const float* x, float* out, std::size_t size) {
  const D d;
  for (std::size_t i = 0; i < size; i += hn::Lanes(d))
    hn::Store(hn::Log1p(d, exp_minus_abs(d, hn::Load(d, x + i))), d, out + i);
}

// The loss is max(x, 0) - x t + log(1 + exp(-|x|)), its slope sigmoid(x) - t.
double BinaryCrossEntropy(const LossBatch& batch) {
  const std::size_t cols = batch.cols, size = batch.rows * cols;
  LogOnePlus(batch.sums, batch.d_sums, size);
  double loss = 0;
  for (std::size_t row = 0; row < batch.rows; ++row) {
    double sum = 0;
    for (std::size_t i = row * cols; i < (row + 1) * cols; ++i) {
      const double x = static_cast<double>(batch.sums[i]);
      sum += std::max(x, 0.0) - x * static_cast<double>(batch.targets[i]) + static_cast<double>(batch.d_sums[i]);
    }
    loss += static_cast<double>(batch.row_weights[row]) * sum / static_cast<double>(cols);
  }
  Sigmoid(batch.sums, batch.d_sums, size);
  const float share = 1.0F / static_cast<float>(size);
  for (std::size_t row = 0; row < batch.rows; ++row) {
    const float scale = batch.row_weights[row] * share;
    for (std::size_t i = row * cols; i < (row + 1) * cols; ++i)
      batch.d_sums[i] = scale * (batch.d_sums[i] - batch.targets[i]);
  }
  return loss;
}

// With p = sigmoid(x): the loss is (p - t)^2, its slope 2 (p - t) p (1 - p).
double SigmoidSquared(const LossBatch& batch) {
  const std::size_t cols = batch.cols, size = batch.rows * cols;
  Sigmoid(batch.sums, batch.d_sums, size);
  const float share = 2.0F / static_cast<float>(size);
  double loss = 0;
  for (std::size_t row = 0; row < batch.rows; ++row) {
    const float scale = batch.row_weights[row] * share;
    double sum = 0;
    for (std::size_t i = row * cols; i < (row + 1) * cols; ++i) {
      const float p = batch.d_sums[i], error = p - batch.targets[i];
      batch.d_sums[i] = scale * error * p * (1.0F - p);
      // The sigmoid of an infinity is finite: the difference keeps it visible.
      const float nothing = batch.sums[i] - batch.sums[i];
      sum += static_cast<double>(error) * static_cast<double>(error) + static_cast<double>(nothing);
    }
    loss += static_cast<double>(batch.row_weights[row]) * sum / static_cast<double>(cols);
  }
  return loss;
}

}  // namespace
}  // namespace jury::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace jury {
HWY_EXPORT(BinaryCrossEntropy);
double binary_cross_entropy(const LossBatch& batch) noexcept { return HWY_DYNAMIC_DISPATCH(BinaryCrossEntropy)(batch); }
HWY_EXPORT(SigmoidSquared);
double sigmoid_squared_error(const LossBatch& batch) noexcept { return HWY_DYNAMIC_DISPATCH(SigmoidSquared)(batch); }
}  // namespace jury
#endif
