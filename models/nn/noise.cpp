// Normal numbers from Philox's words, a block of 64 at a time.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/nn/noise.cpp"
// Highway needs this order.
// clang-format off
#include "models/nn/simd_targets.hpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include <hwy/contrib/math/math-inl.h>
// clang-format on

#include "models/nn/noise.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "models/nn/philox-inl.hpp"
#include "runtime/base/error.hpp"

HWY_BEFORE_NAMESPACE();
namespace jury::HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;
// Capped, so that the place of a number in its block does not depend on how wide vectors are.
using D = hn::CappedTag<float, 16>;
using U = hn::RebindToUnsigned<D>;
using V = hn::Vec<D>;
using Word = hn::Vec<U>;

constexpr std::size_t kQuarter = 16;
constexpr std::size_t kBlock = 4 * kQuarter;

// A word's top 24 bits, exactly.
V top_bits(Word word) {
  const D d;
  return hn::ConvertTo(d, hn::BitCast(hn::RebindToSigned<D>(), hn::ShiftRight<8>(word)));
}

// values[0] and values[kQuarter] += deviation times two normal numbers a lane.
void add_pair(Word radius_word, Word angle_word, V deviation, float* values) {
  const D d;
  const V uniform = hn::MulAdd(top_bits(radius_word), hn::Set(d, 0x1.0p-24F), hn::Set(d, 0x1.0p-24F));  // (0, 1]
  const V angle = hn::Mul(top_bits(angle_word), hn::Set(d, 2 * std::numbers::pi_v<float> * 0x1.0p-24F));
  // Log may be an ulp above zero at one.
  const V square = hn::Max(hn::Mul(hn::Set(d, -2.0F), hn::Log(d, uniform)), hn::Zero(d));
  const V radius = hn::Mul(deviation, hn::Sqrt(square));
  hn::StoreU(hn::MulAdd(radius, hn::Cos(d, angle), hn::LoadU(d, values)), d, values);
  hn::StoreU(hn::MulAdd(radius, hn::Sin(d, angle), hn::LoadU(d, values + kQuarter)), d, values + kQuarter);
}

// values (kBlock)
void add_block(const NormalNoise& args, std::uint32_t block, float* values) {
  const D d;
  const U u;
  const V deviation = hn::Set(d, static_cast<float>(args.deviation));
  for (std::size_t j = 0; j < kQuarter; j += hn::Lanes(d)) {
    Word c0 = hn::Iota(u, static_cast<std::uint32_t>(kQuarter * block + j));
    Word c1 = hn::Set(u, args.lane);
    Word c2 = hn::Set(u, static_cast<std::uint32_t>(args.step));
    Word c3 = hn::Set(u, static_cast<std::uint32_t>(args.step >> 32));
    philox_words(u, args.key, c0, c1, c2, c3);
    add_pair(c0, c1, deviation, values + j);
    add_pair(c2, c3, deviation, values + 2 * kQuarter + j);
  }
}

void NormalNoiseLoop(const NormalNoise& args) {
  const std::size_t whole = args.size / kBlock;
  for (std::size_t block = 0; block < whole; ++block)
    add_block(args, static_cast<std::uint32_t>(block), args.values + block * kBlock);
  const std::size_t rest = args.size % kBlock;
  if (rest == 0) return;
  float values[kBlock] = {};
  std::copy_n(args.values + whole * kBlock, rest, values);
  add_block(args, static_cast<std::uint32_t>(whole), values);
  std::copy_n(values, rest, args.values + whole * kBlock);
}

}  // namespace
}  // namespace jury::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace jury {
HWY_EXPORT(NormalNoiseLoop);
void add_normal_noise(const NormalNoise& args) noexcept {
  JURY_EXPECTS(std::isfinite(args.deviation) && args.deviation >= 0);
  if (args.deviation > 0) HWY_DYNAMIC_DISPATCH(NormalNoiseLoop)(args);
}
}  // namespace jury
#endif
