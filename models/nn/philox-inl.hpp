// philox() of runtime/base/rng.hpp, one counter per lane. Included by kernels after Highway's
// foreach_target.h, so once for each set of vectors; hence the guard that flips.
#if defined(JURY_MODELS_NN_PHILOX_INL_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef JURY_MODELS_NN_PHILOX_INL_HPP_
#undef JURY_MODELS_NN_PHILOX_INL_HPP_
#else
#define JURY_MODELS_NN_PHILOX_INL_HPP_
#endif

#include <hwy/highway.h>

#include <cstdint>

HWY_BEFORE_NAMESPACE();
namespace jury::HWY_NAMESPACE {

/// Both halves of the 64-bit products of each lane with `factor`. U: a tag of std::uint32_t.
template <class U, class Word = hwy::HWY_NAMESPACE::Vec<U>>
HWY_INLINE void multiply_wide(U u, Word a, std::uint32_t factor, Word& high, Word& low) {
  namespace hn = hwy::HWY_NAMESPACE;
#if HWY_TARGET == HWY_SCALAR  // one lane has no neighbour to widen into
  const std::uint64_t product = std::uint64_t{hn::GetLane(a)} * factor;
  high = hn::Set(u, static_cast<std::uint32_t>(product >> 32));
  low = hn::Set(u, static_cast<std::uint32_t>(product));
#else
  const hn::Repartition<std::uint64_t, U> wide;
  const auto factors = hn::Set(u, factor);
  const auto even = hn::MulEven(a, factors);
  const auto odd = hn::MulEven(hn::BitCast(u, hn::ShiftRight<32>(hn::BitCast(wide, a))), factors);
  high = hn::OddEven(hn::BitCast(u, odd), hn::BitCast(u, hn::ShiftRight<32>(even)));
  low = hn::OddEven(hn::BitCast(u, hn::ShiftLeft<32>(odd)), hn::BitCast(u, even));
#endif
}

/// The counters (c0, c1, c2, c3) become the four words of their blocks. U: a tag of std::uint32_t.
template <class U, class Word = hwy::HWY_NAMESPACE::Vec<U>>
HWY_INLINE void philox_words(U u, std::uint64_t key, Word& c0, Word& c1, Word& c2, Word& c3) {
  namespace hn = hwy::HWY_NAMESPACE;
  std::uint32_t k0 = static_cast<std::uint32_t>(key), k1 = static_cast<std::uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    Word high0, low0, high1, low1;
    multiply_wide(u, c0, 0xD2511F53U, high0, low0);
    multiply_wide(u, c2, 0xCD9E8D57U, high1, low1);
    c0 = hn::Xor(hn::Xor(high1, c1), hn::Set(u, k0));
    c1 = low1;
    c2 = hn::Xor(hn::Xor(high0, c3), hn::Set(u, k1));
    c3 = low0;
    k0 += 0x9E3779B9U;
    k1 += 0xBB67AE85U;
  }
}

}  // namespace jury::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
