// The gradient of a convolution's weights, taps by strips of channels in registers.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/nn/conv_kernels.cpp"
// Highway needs this order.
// clang-format off
#include "models/nn/simd_targets.hpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

#include "models/nn/conv_kernels.hpp"

#include <algorithm>

#include "runtime/base/error.hpp"

HWY_BEFORE_NAMESPACE();
namespace jury::HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;
using D = hn::CappedTag<float, kConvStrip / 2>;  // two vectors are a strip, or more of narrow ones
using V = hn::Vec<D>;

constexpr std::size_t kTaps = 6;  // with two vectors each they fill the registers of AVX2

// kCount taps from `tap` on, channels from `c` on: two vectors.
template <std::size_t kCount>
void add_taps(const ConvWeightGradient& args, std::size_t tap, std::size_t c) {
  const D d;
  const std::size_t lanes = hn::Lanes(d);
  const float* const strip = args.strip + c % kConvStrip;
  float* const sums = args.sums + tap * args.channels + c;
  const float* from[kCount];
  V low[kCount], high[kCount];
  for (std::size_t k = 0; k < kCount; ++k) {
    from[k] = args.src + args.taps[tap + k];
    low[k] = hn::LoadU(d, sums + k * args.channels);
    high[k] = hn::LoadU(d, sums + k * args.channels + lanes);
  }
  for (std::size_t p = 0; p < args.positions.size(); ++p) {
    const V first = hn::LoadU(d, strip + p * kConvStrip), second = hn::LoadU(d, strip + p * kConvStrip + lanes);
    for (std::size_t k = 0; k < kCount; ++k) {
      const V x = hn::Set(d, from[k][args.positions[p]]);
      low[k] = hn::MulAdd(x, first, low[k]);
      high[k] = hn::MulAdd(x, second, high[k]);
    }
  }
  for (std::size_t k = 0; k < kCount; ++k) {
    hn::StoreU(low[k], d, sums + k * args.channels);
    hn::StoreU(high[k], d, sums + k * args.channels + lanes);
  }
}

void add_some_taps(const ConvWeightGradient& args, std::size_t tap, std::size_t c) {
  switch (std::min(args.taps.size() - tap, kTaps)) {
    case 1:
      return add_taps<1>(args, tap, c);
    case 2:
      return add_taps<2>(args, tap, c);
    case 3:
      return add_taps<3>(args, tap, c);
    case 4:
      return add_taps<4>(args, tap, c);
    case 5:
      return add_taps<5>(args, tap, c);
    default:
      return add_taps<6>(args, tap, c);
  }
}

void Add(const ConvWeightGradient& args) {
  const std::size_t step = 2 * hn::Lanes(D());
  for (std::size_t first = 0; first < args.channels; first += kConvStrip) {
    for (std::size_t p = 0; p < args.positions.size(); ++p)
      for (std::size_t c = 0; c < kConvStrip; c += hn::Lanes(D()))
        hn::StoreU(hn::LoadU(D(), args.d_dst + p * args.channels + first + c), D(), args.strip + p * kConvStrip + c);
    for (std::size_t tap = 0; tap < args.taps.size(); tap += kTaps)
      for (std::size_t c = first; c < first + kConvStrip; c += step) add_some_taps(args, tap, c);
  }
}

}  // namespace
}  // namespace jury::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace jury {
HWY_EXPORT(Add);
void add_conv_weight_gradient(const ConvWeightGradient& args) noexcept {
  JURY_EXPECTS(args.channels % kConvStrip == 0);
  HWY_DYNAMIC_DISPATCH(Add)(args);
}
}  // namespace jury
#endif
