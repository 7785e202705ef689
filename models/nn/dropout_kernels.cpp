// Dropout masks and flat products.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/nn/dropout_kernels.cpp"
// Highway needs this order.
// clang-format off
#include "models/nn/simd_targets.hpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

#include "models/nn/kernels.hpp"
#include "models/nn/philox-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace jury::HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using U = hn::RebindToUnsigned<D>;
using Word = hn::Vec<U>;

void Mask(const DropoutMask& args) {
  const D d;
  const U u;
  const hn::RebindToSigned<D> i;
  const std::size_t quarter = dropout_mask_floats(args.size) / 4;
  const auto rate = hn::Set(d, args.rate);
  const auto kept = hn::Set(d, 1.0F / (1.0F - args.rate));
  const auto keep = [&](Word word) {
    const auto uniform = hn::Mul(hn::ConvertTo(d, hn::BitCast(i, hn::ShiftRight<8>(word))), hn::Set(d, 0x1.0p-24F));
    return hn::IfThenElseZero(hn::Ge(uniform, rate), kept);
  };
  for (std::size_t block = 0; block < quarter; block += hn::Lanes(d)) {
    Word c0 = hn::Iota(u, static_cast<std::uint32_t>(block));
    Word c1 = hn::Set(u, args.layer);
    Word c2 = hn::Set(u, static_cast<std::uint32_t>(args.step));
    Word c3 = hn::Set(u, static_cast<std::uint32_t>(args.step >> 32));
    philox_words(u, args.key, c0, c1, c2, c3);
    hn::Store(keep(c0), d, args.mask + block);
    hn::Store(keep(c1), d, args.mask + quarter + block);
    hn::Store(keep(c2), d, args.mask + 2 * quarter + block);
    hn::Store(keep(c3), d, args.mask + 3 * quarter + block);
  }
}

void Multiply(const float* a, const float* b, float* out, std::size_t size) {
  const D d;
  for (std::size_t i = 0; i < size; i += hn::Lanes(d))
    hn::Store(hn::Mul(hn::Load(d, a + i), hn::Load(d, b + i)), d, out + i);
}

}  // namespace
}  // namespace jury::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace jury {
HWY_EXPORT(Mask);
void dropout_mask(const DropoutMask& args) noexcept { HWY_DYNAMIC_DISPATCH(Mask)(args); }
HWY_EXPORT(Multiply);
void multiply(const float* a, const float* b, float* out, std::size_t size) noexcept {
  HWY_DYNAMIC_DISPATCH(Multiply)(a, b, out, size);
}
}  // namespace jury
#endif
