// Rounding to bf16.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/nn/bf16_kernels.cpp"
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
using U = hn::ScalableTag<std::uint32_t>;
using Word = hn::Vec<U>;

// To the nearest, ties to even; a NaN keeps its sign and becomes quiet.
Word Rounded(Word bits) {
  const U u;
  const Word odd = hn::And(hn::ShiftRight<16>(bits), hn::Set(u, 1));
  const Word up = hn::Add(bits, hn::Add(hn::Set(u, 0x7fff), odd));
  const auto is_nan = hn::Gt(hn::And(bits, hn::Set(u, 0x7fffffff)), hn::Set(u, 0x7f800000));
  return hn::And(hn::IfThenElse(is_nan, hn::Or(bits, hn::Set(u, 0x00400000)), up), hn::Set(u, 0xffff0000));
}

// Calls f(values, place) for whole vectors, the last one filled up with zeros.
template <class F>
void for_vectors(const float* x, std::size_t size, F f) {
  const U u;
  const hn::RebindToFloat<U> d;
  const std::size_t lanes = hn::Lanes(u);
  std::size_t i = 0;
  for (; i + lanes <= size; i += lanes) f(Rounded(hn::BitCast(u, hn::LoadU(d, x + i))), i);
  if (i == size) return;
  HWY_ALIGN float rest[hn::MaxLanes(U())] = {};
  std::copy_n(x + i, size - i, rest);
  f(Rounded(hn::BitCast(u, hn::Load(d, rest))), i);
}

void Round(const float* x, float* out, std::size_t size) {
  const hn::RebindToFloat<U> d;
  for_vectors(x, size, [=](Word bits, std::size_t i) { hn::StoreU(hn::BitCast(d, bits), d, out + i); });
}

void Convert(const float* x, std::uint16_t* out, std::size_t size) {
  const hn::Rebind<std::uint16_t, U> half;
  for_vectors(x, size, [=](Word bits, std::size_t i) {
    const auto high = hn::BitCast(hn::RebindToSigned<U>(), hn::ShiftRight<16>(bits));
    hn::StoreU(hn::DemoteTo(half, high), half, out + i);
  });
}

}  // namespace
}  // namespace jury::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace jury {
HWY_EXPORT(Round);
void round_to_bf16(const float* x, float* out, std::size_t size) noexcept { HWY_DYNAMIC_DISPATCH(Round)(x, out, size); }
HWY_EXPORT(Convert);
void convert_to_bf16(const float* x, std::uint16_t* out, std::size_t size) noexcept {
  HWY_DYNAMIC_DISPATCH(Convert)(x, out, size);
}
}  // namespace jury
#endif
