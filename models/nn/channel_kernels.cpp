// Products with one factor for each channel of each sample.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/nn/channel_kernels.cpp"
// Highway needs this order.
// clang-format off
#include "models/nn/simd_targets.hpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

#include "models/nn/channel_kernels.hpp"

#include "models/nn/tail-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace jury::HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

void Multiply(const MultiplyChannels& args) {
  const hn::ScalableTag<float> d;
  const std::size_t channels = args.channels;
  for (std::size_t row = 0; row < args.rows; ++row) {
    const float* factors = args.factors + row * channels;
    const std::size_t end = (row + 1) * args.places * channels;
    for (std::size_t at = row * args.places * channels; at < end; at += channels)
      for (std::size_t c = 0; c < channels; c += hn::Lanes(d))
        store_first(d, channels - c, hn::Mul(hn::LoadU(d, args.in + at + c), hn::LoadU(d, factors + c)),
                    args.out + at + c);
  }
}

}  // namespace
}  // namespace jury::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace jury {
HWY_EXPORT(Multiply);
void multiply_channels(const MultiplyChannels& args) noexcept { HWY_DYNAMIC_DISPATCH(Multiply)(args); }
}  // namespace jury
#endif
