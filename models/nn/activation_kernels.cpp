// Backward of bias and activation, in one pass.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/nn/activation_kernels.cpp"
// Highway needs this order.
// clang-format off
#include "models/nn/simd_targets.hpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

#include <algorithm>

#include "models/nn/kernels.hpp"

HWY_BEFORE_NAMESPACE();
namespace jury::HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

// f(y, dy): the gradient before the activation, from its value and the gradient after it.
template <class F>
void columns(const ActivationBackward& args, F f) {
  const D d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t col = 0;
  for (; col + lanes <= args.cols; col += lanes) {
    V sum = hn::Zero(d);
    for (std::size_t at = col; at < args.rows * args.cols; at += args.cols) {
      const V gradient = f(args.dst + at, hn::LoadU(d, args.d_dst + at));
      hn::StoreU(gradient, d, args.d_dst + at);
      sum = hn::Add(sum, gradient);
    }
    hn::StoreU(sum, d, args.d_bias + col);
  }
  if (col == args.cols) return;
  const auto tail = hn::FirstN(d, args.cols - col);
  V sum = hn::Zero(d);
  for (std::size_t at = col; at < args.rows * args.cols; at += args.cols) {
    const V gradient = hn::IfThenElseZero(tail, f(args.dst + at, hn::LoadU(d, args.d_dst + at)));
    hn::BlendedStore(gradient, tail, d, args.d_dst + at);
    sum = hn::Add(sum, gradient);
  }
  HWY_ALIGN float sums[hn::MaxLanes(D())];
  hn::Store(sum, d, sums);
  std::copy_n(sums, args.cols - col, args.d_bias + col);  // d_bias may end where its block does
}

// Reads may pass the last row by less than a vector; buffers are padded and the lanes unused.
void Backward(Activation activation, const ActivationBackward& args) {
  const D d;
  const V one = hn::Set(d, 1.0F);
  switch (activation) {
    case Activation::identity:
      return columns(args, [](const float*, V dy) { return dy; });
    case Activation::relu:
      return columns(
          args, [d](const float* y, V dy) { return hn::IfThenElseZero(hn::Gt(hn::LoadU(d, y), hn::Zero(d)), dy); });
    case Activation::tanh:
      return columns(args, [d, one](const float* at, V dy) {
        const V y = hn::LoadU(d, at);
        return hn::Mul(dy, hn::NegMulAdd(y, y, one));
      });
    case Activation::sigmoid:
      return columns(args, [d, one](const float* at, V dy) {
        const V y = hn::LoadU(d, at);
        return hn::Mul(dy, hn::Mul(y, hn::Sub(one, y)));
      });
  }
}

}  // namespace
}  // namespace jury::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace jury {
HWY_EXPORT(Backward);
void activation_backward(Activation activation, const ActivationBackward& args) noexcept {
  HWY_DYNAMIC_DISPATCH(Backward)(activation, args);
}
}  // namespace jury
#endif
