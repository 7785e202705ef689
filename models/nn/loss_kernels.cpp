// Softmax, cross-entropy and squared error.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/nn/loss_kernels.cpp"
// Highway needs this order.
// clang-format off
#include "models/nn/simd_targets.hpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include <hwy/contrib/math/math-inl.h>
// clang-format on

#include "models/nn/loss_kernels.hpp"

#include <algorithm>

#include "models/nn/kernels.hpp"

HWY_BEFORE_NAMESPACE();
namespace jury::HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

// Rows that are worth one vector with lanes to spare, which are neither read nor written. Fewer columns are quicker
// one by one, and so is all of SSE4, which has no such loads.
bool is_within_vector(std::size_t cols) { return cols > 4 && cols < hn::Lanes(D()); }

float row_max(const float* row, std::size_t cols) {
  const D d;
  const std::size_t lanes = hn::Lanes(d);
  if (is_within_vector(cols)) {
    const auto mask = hn::FirstN(d, cols);
    return hn::GetLane(hn::MaxOfLanes(d, hn::IfThenElse(mask, hn::MaskedLoad(mask, d, row), hn::Set(d, row[0]))));
  }
  float top = row[0];
  std::size_t col = 0;
  if (cols >= lanes) {
    V tops = hn::LoadU(d, row);
    for (col = lanes; col + lanes <= cols; col += lanes) tops = hn::Max(tops, hn::LoadU(d, row + col));
    top = hn::GetLane(hn::MaxOfLanes(d, tops));
  }
  for (; col < cols; ++col) top = std::max(top, row[col]);
  return top;
}

float row_sum(const float* row, std::size_t cols) {
  const D d;
  const std::size_t lanes = hn::Lanes(d);
  float sum = 0;
  std::size_t col = 0;
  if (cols >= lanes) {
    V sums = hn::LoadU(d, row);
    for (col = lanes; col + lanes <= cols; col += lanes) sums = hn::Add(sums, hn::LoadU(d, row + col));
    sum = hn::GetLane(hn::SumOfLanes(d, sums));
  }
  for (; col < cols; ++col) sum += row[col];
  return sum;
}

// out = exp(x - max of its row). The exponential runs flat over all rows, so that two classes fill
// the vectors as well as a thousand do. A NaN or an infinity anywhere in a row stays visible in it.
void ExpRows(const float* x, float* out, std::size_t rows, std::size_t cols) {
  const D d;
  for (std::size_t at = 0; at < rows * cols; at += cols) {
    const float top = row_max(x + at, cols);
    if (is_within_vector(cols)) {
      const auto mask = hn::FirstN(d, cols);
      hn::BlendedStore(hn::Sub(hn::MaskedLoad(mask, d, x + at), hn::Set(d, top)), mask, d, out + at);
    } else {
      for (std::size_t col = 0; col < cols; ++col) out[at + col] = x[at + col] - top;
    }
  }
  for (std::size_t i = 0; i < rows * cols; i += hn::Lanes(d)) {
    const V power = hn::Load(d, out + i);
    hn::Store(hn::IfThenElse(hn::IsNaN(power), power, hn::Exp(d, power)), d, out + i);
  }
}

void Softmax(const float* logits, float* out, std::size_t rows, std::size_t cols) {
  ExpRows(logits, out, rows, cols);
  for (std::size_t at = 0; at < rows * cols; at += cols) {
    const float scale = 1.0F / row_sum(out + at, cols);
    for (std::size_t col = 0; col < cols; ++col) out[at + col] *= scale;
  }
}

double CrossEntropy(const SoftmaxCrossEntropy& args) {
  const D d;
  const std::size_t rows = args.rows, cols = args.cols;
  ExpRows(args.logits, args.d_logits, rows, cols);
  const float share = 1.0F / static_cast<float>(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    float* gradient = args.d_logits + row * cols;
    const float sum = row_sum(gradient, cols);
    const float weight = args.row_weights[row] * share;
    const float scale = weight / sum;
    for (std::size_t col = 0; col < cols; ++col) gradient[col] *= scale;
    gradient[args.labels[row]] -= weight;
    args.scratch[row] = sum;
  }
  for (std::size_t i = 0; i < rows; i += hn::Lanes(d)) {
    const V sum = hn::Load(d, args.scratch + i);
    hn::Store(hn::IfThenElse(hn::IsNaN(sum), sum, hn::Log(d, sum)), d, args.scratch + i);
  }
  double loss = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const float* z = args.logits + row * cols;
    const double margin = static_cast<double>(row_max(z, cols)) - static_cast<double>(z[args.labels[row]]);
    loss += static_cast<double>(args.row_weights[row]) * (margin + static_cast<double>(args.scratch[row]));
  }
  return loss;
}

// With sum t = T: the loss is sum_c t_c (log sum exp(z) - z_c), its slope T softmax(z) - t.
double SoftCrossEntropy(const LossBatch& batch) {
  const D d;
  const std::size_t rows = batch.rows, cols = batch.cols;
  ExpRows(batch.sums, batch.d_sums, rows, cols);
  const float share = 1.0F / static_cast<float>(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    const float* targets = batch.targets + row * cols;
    float* gradient = batch.d_sums + row * cols;
    const float sum = row_sum(gradient, cols);
    const float weight = batch.row_weights[row] * share;
    const float scale = row_sum(targets, cols) / sum;
    for (std::size_t col = 0; col < cols; ++col) gradient[col] = weight * (gradient[col] * scale - targets[col]);
    batch.scratch[row] = sum;
  }
  for (std::size_t i = 0; i < rows; i += hn::Lanes(d)) {
    const V sum = hn::Load(d, batch.scratch + i);
    hn::Store(hn::IfThenElse(hn::IsNaN(sum), sum, hn::Log(d, sum)), d, batch.scratch + i);
  }
  double loss = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const float* z = batch.sums + row * cols;
    const double log_sum = static_cast<double>(row_max(z, cols)) + static_cast<double>(batch.scratch[row]);
    double sum = 0;
    for (std::size_t col = 0; col < cols; ++col)
      sum += static_cast<double>(batch.targets[row * cols + col]) * (log_sum - static_cast<double>(z[col]));
    loss += static_cast<double>(batch.row_weights[row]) * sum;
  }
  return loss;
}

// With e = p - t: the loss is mean e^2, its slope 2/cols p_c (e_c - sum_k p_k e_k).
double SoftmaxSquared(const LossBatch& batch) {
  const std::size_t cols = batch.cols;
  Softmax(batch.sums, batch.d_sums, batch.rows, cols);
  const float share = 2.0F / static_cast<float>(batch.rows * cols);
  double loss = 0;
  for (std::size_t row = 0; row < batch.rows; ++row) {
    const float* targets = batch.targets + row * cols;
    float* gradient = batch.d_sums + row * cols;
    const float scale = batch.row_weights[row] * share;
    float mean = 0;
    double sum = 0;
    for (std::size_t col = 0; col < cols; ++col) {
      const float error = gradient[col] - targets[col];
      mean += gradient[col] * error;
      // The share of a sum of minus infinity is 0: the difference keeps it visible.
      const float nothing = batch.sums[row * cols + col] - batch.sums[row * cols + col];
      sum += static_cast<double>(error) * static_cast<double>(error) + static_cast<double>(nothing);
    }
    for (std::size_t col = 0; col < cols; ++col)
      gradient[col] = scale * gradient[col] * (gradient[col] - targets[col] - mean);
    loss += static_cast<double>(batch.row_weights[row]) * sum / static_cast<double>(cols);
  }
  return loss;
}

// Rows are few values wide here, so the loops are left to the compiler.
double Squared(const SquaredError& args) {
  const float share = 2.0F / static_cast<float>(args.rows * args.cols);
  double loss = 0;
  for (std::size_t row = 0; row < args.rows; ++row) {
    const float scale = args.row_weights[row] * share;
    double sum = 0;
    for (std::size_t i = row * args.cols; i < (row + 1) * args.cols; ++i) {
      const float error = args.values[i] - args.targets[i];
      args.d_values[i] = scale * error;
      sum += static_cast<double>(error) * static_cast<double>(error);
    }
    loss += static_cast<double>(args.row_weights[row]) * sum / static_cast<double>(args.cols);
  }
  return loss;
}

}  // namespace
}  // namespace jury::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace jury {
HWY_EXPORT(Softmax);
void softmax(const float* logits, float* out, std::size_t rows, std::size_t cols) noexcept {
  HWY_DYNAMIC_DISPATCH(Softmax)(logits, out, rows, cols);
}
HWY_EXPORT(CrossEntropy);
double softmax_cross_entropy(const SoftmaxCrossEntropy& args) noexcept {
  return HWY_DYNAMIC_DISPATCH(CrossEntropy)(args);
}
HWY_EXPORT(SoftCrossEntropy);
double soft_cross_entropy(const LossBatch& batch) noexcept { return HWY_DYNAMIC_DISPATCH(SoftCrossEntropy)(batch); }
HWY_EXPORT(SoftmaxSquared);
double softmax_squared_error(const LossBatch& batch) noexcept { return HWY_DYNAMIC_DISPATCH(SoftmaxSquared)(batch); }
HWY_EXPORT(Squared);
double squared_error(const SquaredError& args) noexcept { return HWY_DYNAMIC_DISPATCH(Squared)(args); }
}  // namespace jury
#endif
