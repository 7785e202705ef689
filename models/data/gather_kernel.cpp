// Compiled once per vector set, chosen at run time.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/data/gather_kernel.cpp"
// SSE2, AVX2 and AVX-512 are enough; each further set costs compile time and gains nothing here.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4 | HWY_AVX3_DL)

#include "models/data/gather_kernel.hpp"

#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace jury::HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

V load(const float* at) { return hn::LoadU(D(), at); }

V load(const std::uint8_t* at) {
  const hn::Rebind<std::uint8_t, D> bytes;
  const hn::Rebind<std::int32_t, D> whole;
  return hn::ConvertTo(D(), hn::PromoteTo(whole, hn::LoadU(bytes, at)));
}

template <class T>
V mapped(const GatherJob<T>& job, const T* src, std::size_t j) {
  const V x = load(src + j);
  const V y = hn::Add(hn::Mul(hn::Sub(x, load(job.center + j)), load(job.scale + j)), load(job.offset + j));
  const V clipped = hn::Min(hn::Max(y, load(job.low + j)), load(job.high + j));
  if constexpr (sizeof(T) == 1) {
    return clipped;
  } else {
    return hn::IfThenElse(hn::IsNaN(x), load(job.fill + j), clipped);
  }
}

template <class T>
void gather(const GatherJob<T>& job) {
  static constexpr std::size_t kAhead = 4;  // rows fetched before they are needed: they lie anywhere
  const D d;
  const std::size_t lanes = hn::Lanes(d);
  const std::size_t whole = job.num_columns / lanes * lanes;
  const auto tail = hn::FirstN(d, job.num_columns - whole);
  for (std::size_t i = 0; i < job.num_rows; ++i) {
    if (i + kAhead < job.num_rows) hwy::Prefetch(job.src + job.rows[i + kAhead] * job.src_stride);
    const T* const src = job.src + job.rows[i] * job.src_stride;
    float* const dst = job.dst + i * job.dst_stride;
    for (std::size_t j = 0; j < whole; j += lanes) hn::StoreU(mapped(job, src, j), d, dst + j);
    if (whole < job.num_columns) hn::BlendedStore(mapped(job, src, whole), tail, d, dst + whole);
  }
}

void GatherNumbers(const GatherJob<float>& job) { gather(job); }
void GatherBytes(const GatherJob<std::uint8_t>& job) { gather(job); }

}  // namespace
}  // namespace jury::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace jury {

HWY_EXPORT(GatherNumbers);
HWY_EXPORT(GatherBytes);

void run_gather(const GatherJob<float>& job) noexcept { HWY_DYNAMIC_DISPATCH(GatherNumbers)(job); }
void run_gather(const GatherJob<std::uint8_t>& job) noexcept { HWY_DYNAMIC_DISPATCH(GatherBytes)(job); }

}  // namespace jury
#endif
