// What is done to gradients before a step and to weights after it.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/nn/gradient_rule_kernels.cpp"
// Highway needs this order.
// clang-format off
#include "models/nn/simd_targets.hpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

#include <cmath>

#include "models/nn/kernels.hpp"
#include "models/nn/optimizer_kernels.hpp"

HWY_BEFORE_NAMESPACE();
namespace jury::HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

void AddScaled(float factor, const float* x, float* y, std::size_t size) {
  const D d;
  const V scale = hn::Set(d, factor);
  std::size_t i = 0;
  for (; i + hn::Lanes(d) <= size; i += hn::Lanes(d))
    hn::StoreU(hn::MulAdd(scale, hn::LoadU(d, x + i), hn::LoadU(d, y + i)), d, y + i);
  for (; i < size; ++i) y[i] += factor * x[i];
}

void Scale(float factor, float* x, std::size_t size) {
  const D d;
  const V by = hn::Set(d, factor);
  std::size_t i = 0;
  for (; i + hn::Lanes(d) <= size; i += hn::Lanes(d)) hn::StoreU(hn::Mul(by, hn::LoadU(d, x + i)), d, x + i);
  for (; i < size; ++i) x[i] *= factor;
}

void AddSigns(float factor, const float* x, float* y, std::size_t size) {
  const D d;
  const V zero = hn::Zero(d), up = hn::Set(d, factor), down = hn::Set(d, -factor);
  std::size_t i = 0;
  for (; i + hn::Lanes(d) <= size; i += hn::Lanes(d)) {
    const V at = hn::LoadU(d, x + i);
    const V pull = hn::IfThenElse(hn::Gt(at, zero), up, hn::IfThenElseZero(hn::Lt(at, zero), down));
    hn::StoreU(hn::Add(hn::LoadU(d, y + i), pull), d, y + i);
  }
  for (; i < size; ++i) y[i] += x[i] > 0 ? factor : x[i] < 0 ? -factor : 0.0F;
}

void ClipValues(float limit, float* x, std::size_t size) {
  const D d;
  const V most = hn::Set(d, limit), least = hn::Set(d, -limit);
  std::size_t i = 0;
  for (; i + hn::Lanes(d) <= size; i += hn::Lanes(d)) {
    const V at = hn::LoadU(d, x + i);
    const V capped = hn::IfThenElse(hn::Gt(at, most), most, hn::IfThenElse(hn::Lt(at, least), least, at));
    hn::StoreU(capped, d, x + i);
  }
  for (; i < size; ++i) x[i] = x[i] > limit ? limit : x[i] < -limit ? -limit : x[i];
}

double SumSquares(const float* x, std::size_t size) {
  const hn::ScalableTag<double> d;
  const hn::Rebind<float, decltype(d)> half;
  const std::size_t lanes = hn::Lanes(d);
  auto even = hn::Zero(d), odd = hn::Zero(d);
  std::size_t i = 0;
  for (; i + 2 * lanes <= size; i += 2 * lanes) {
    const auto a = hn::PromoteTo(d, hn::LoadU(half, x + i)), b = hn::PromoteTo(d, hn::LoadU(half, x + i + lanes));
    even = hn::MulAdd(a, a, even);
    odd = hn::MulAdd(b, b, odd);
  }
  double sum = hn::GetLane(hn::SumOfLanes(d, hn::Add(even, odd)));
  for (; i < size; ++i) sum += static_cast<double>(x[i]) * static_cast<double>(x[i]);
  return sum;
}

void LimitRows(const RowLimit& args) {
  for (std::size_t row = 0; row < args.rows; ++row) {
    float* x = args.x + row * args.cols;
    const double norm = std::sqrt(SumSquares(x, args.cols));
    if (norm > args.limit) Scale(static_cast<float>(args.limit / norm), x, args.cols);
  }
}

}  // namespace
}  // namespace jury::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace jury {
HWY_EXPORT(AddScaled);
void add_scaled(float factor, const float* x, float* y, std::size_t size) noexcept {
  HWY_DYNAMIC_DISPATCH(AddScaled)(factor, x, y, size);
}
HWY_EXPORT(Scale);
void scale(float factor, float* x, std::size_t size) noexcept { HWY_DYNAMIC_DISPATCH(Scale)(factor, x, size); }
HWY_EXPORT(AddSigns);
void add_signs(float factor, const float* x, float* y, std::size_t size) noexcept {
  HWY_DYNAMIC_DISPATCH(AddSigns)(factor, x, y, size);
}
HWY_EXPORT(ClipValues);
void clip_values(float limit, float* x, std::size_t size) noexcept { HWY_DYNAMIC_DISPATCH(ClipValues)(limit, x, size); }
HWY_EXPORT(SumSquares);
double sum_squares(const float* x, std::size_t size) noexcept { return HWY_DYNAMIC_DISPATCH(SumSquares)(x, size); }
HWY_EXPORT(LimitRows);
void limit_rows(const RowLimit& args) noexcept { HWY_DYNAMIC_DISPATCH(LimitRows)(args); }
}  // namespace jury
#endif
