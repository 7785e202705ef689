// Layer normalisation, a row at a time.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/nn/layer_norm_kernels.cpp"
// Highway needs this order.
// clang-format off
#include "models/nn/simd_targets.hpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

#include "models/nn/layer_norm_kernels.hpp"

#include <algorithm>
#include <cmath>

#include "models/nn/tail-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace jury::HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

constexpr std::size_t kGroup = 256;  // rows summed apart, so that a hundred thousand lose no digits

// The sum over a row of f(col), a vector of values from col on.
template <class F>
float row_sum(std::size_t cols, F f) {
  const D d;
  V sum = hn::Zero(d);
  for (std::size_t col = 0; col < cols; col += hn::Lanes(d)) sum = hn::Add(sum, first_or_zero(d, cols - col, f(col)));
  return hn::GetLane(hn::SumOfLanes(d, sum));
}

void Forward(const LayerNorm& args) {
  const D d;
  const std::size_t cols = args.cols;
  const float share = 1.0F / static_cast<float>(cols);
  for (std::size_t row = 0; row < args.rows; ++row) {
    const float* src = args.src + row * cols;
    float* dst = args.dst + row * cols;
    const float mean = share * row_sum(cols, [&](std::size_t col) { return hn::LoadU(d, src + col); });
    const V centre = hn::Set(d, mean);
    const float variance = share * row_sum(cols, [&](std::size_t col) {
                             const V apart = hn::Sub(hn::LoadU(d, src + col), centre);
                             return hn::Mul(apart, apart);
                           });
    args.means[row] = mean;
    args.inverses[row] = 1.0F / std::sqrt(variance + args.epsilon);
    const V inverse = hn::Set(d, args.inverses[row]);
    for (std::size_t col = 0; col < cols; col += hn::Lanes(d)) {
      const V x = hn::Mul(hn::Sub(hn::LoadU(d, src + col), centre), inverse);
      const V y = hn::MulAdd(x, hn::LoadU(d, args.scale + col), hn::LoadU(d, args.shift + col));
      store_first(d, cols - col, y, dst + col);
    }
  }
}

// out += in, then in = 0
void take(float* in, float* out, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) out[i] += in[i];
  std::fill_n(in, size, 0.0F);
}

struct Row {
  const float* src;
  const float* d_dst;
  V mean, inverse;

  V x(std::size_t col) const { return hn::Mul(hn::Sub(hn::LoadU(D(), src + col), mean), inverse); }
  V dy(std::size_t col) const { return hn::LoadU(D(), d_dst + col); }
};

void add_to(float* sums, std::size_t col, std::size_t cols, V values) {
  const D d;
  store_first(d, cols - col, hn::Add(hn::LoadU(d, sums + col), values), sums + col);
}

void row_d_src(const LayerNormBackward& args, const Row& row, float* d_src) {
  const D d;
  const std::size_t cols = args.cols;
  const float share = 1.0F / static_cast<float>(cols);
  const auto g = [&](std::size_t col) { return hn::Mul(hn::LoadU(d, args.scale + col), row.dy(col)); };
  const V mean_g = hn::Set(d, share * row_sum(cols, g));
  const V mean_gx = hn::Set(d, share * row_sum(cols, [&](std::size_t col) { return hn::Mul(g(col), row.x(col)); }));
  for (std::size_t col = 0; col < cols; col += hn::Lanes(d)) {
    const V rest = hn::NegMulAdd(row.x(col), mean_gx, hn::Sub(g(col), mean_g));
    store_first(d, cols - col, hn::Mul(row.inverse, rest), d_src + col);
  }
}

void Backward(const LayerNormBackward& args) {
  const D d;
  const std::size_t cols = args.cols;
  if (args.d_scale != nullptr)
    for (float* sums : {args.d_scale, args.d_shift, args.partial_scale, args.partial_shift})
      std::fill_n(sums, cols, 0.0F);
  for (std::size_t r = 0; r < args.rows; ++r) {
    const Row row{args.src + r * cols, args.d_dst + r * cols, hn::Set(d, args.means[r]), hn::Set(d, args.inverses[r])};
    if (args.d_src != nullptr) row_d_src(args, row, args.d_src + r * cols);
    if (args.d_scale == nullptr) continue;
    for (std::size_t col = 0; col < cols; col += hn::Lanes(d)) {
      add_to(args.partial_scale, col, cols, hn::Mul(row.dy(col), row.x(col)));
      add_to(args.partial_shift, col, cols, row.dy(col));
    }
    if (r % kGroup != kGroup - 1 && r + 1 != args.rows) continue;
    take(args.partial_scale, args.d_scale, cols);
    take(args.partial_shift, args.d_shift, cols);
  }
}

}  // namespace
}  // namespace jury::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace jury {
HWY_EXPORT(Forward);
void layer_norm(const LayerNorm& args) noexcept { HWY_DYNAMIC_DISPATCH(Forward)(args); }
HWY_EXPORT(Backward);
void layer_norm_backward(const LayerNormBackward& args) noexcept { HWY_DYNAMIC_DISPATCH(Backward)(args); }
}  // namespace jury
#endif
