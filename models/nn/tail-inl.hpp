// Rows that do not end with a vector. Included by kernels after Highway's foreach_target.h, so once for
// each set of vectors; hence the guard that flips.
#if defined(JURY_MODELS_NN_TAIL_INL_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef JURY_MODELS_NN_TAIL_INL_HPP_
#undef JURY_MODELS_NN_TAIL_INL_HPP_
#else
#define JURY_MODELS_NN_TAIL_INL_HPP_
#endif

#include <hwy/highway.h>

#include <cstddef>

HWY_BEFORE_NAMESPACE();
namespace jury::HWY_NAMESPACE {

/// Stores the first `count` lanes, or all where there are fewer. D: a tag of four-byte lanes.
template <class D, class V = hwy::HWY_NAMESPACE::Vec<D>, class T = hwy::HWY_NAMESPACE::TFromD<D>>
HWY_INLINE void store_first(D d, std::size_t count, V values, T* to) {
  namespace hn = hwy::HWY_NAMESPACE;
  if (count >= hn::Lanes(d))
    hn::StoreU(values, d, to);
  else
    hn::BlendedStore(values, hn::FirstN(d, count), d, to);
}

/// Zero from lane `count` on.
template <class D, class V = hwy::HWY_NAMESPACE::Vec<D>>
HWY_INLINE V first_or_zero(D d, std::size_t count, V values) {
  namespace hn = hwy::HWY_NAMESPACE;
  return count >= hn::Lanes(d) ? values : hn::IfThenElseZero(hn::FirstN(d, count), values);
}

}  // namespace jury::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
