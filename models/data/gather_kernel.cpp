// Compiled once per vector set, chosen at run time.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/data/gather_kernel.cpp"
// SSE2, AVX2 and AVX-512 are enough; each further set costs compile time and gains nothing here.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4 | HWY_AVX3_DL)

#include "models/data/gather_kernel.hpp"

#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>

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

// What happens to a vector of columns: loaded once for several rows.
template <class T>
struct Map {
  Map(const GatherJob<T>& job, std::size_t j)
      : center(load(job.center + j)),
        scale(load(job.scale + j)),
        offset(load(job.offset + j)),
        low(load(job.low + j)),
        high(load(job.high + j)),
        fill(sizeof(T) == 1 ? center : load(job.fill + j)) {}

  V operator()(const T* src) const {
    const V x = load(src);
    const V y = hn::Add(hn::Mul(hn::Sub(x, center), scale), offset);
    const V clipped = hn::Min(hn::Max(y, low), high);
    return sizeof(T) == 1 ? clipped : hn::IfThenElse(hn::IsNaN(x), fill, clipped);
  }

  V center, scale, offset, low, high, fill;
};

// kRows rows from row `first` on.
template <std::size_t kRows, class T>
void gather_rows(const GatherJob<T>& job, std::size_t first) {
  const D d;
  const std::size_t lanes = hn::Lanes(d), whole = job.num_columns / lanes * lanes;
  const T* src[kRows];
  for (std::size_t i = 0; i < kRows; ++i) src[i] = job.src + job.rows[first + i] * job.src_stride;
  float* const dst = job.dst + first * job.dst_stride;
  for (std::size_t j = 0; j < whole; j += lanes) {
    const Map<T> map(job, j);
    for (std::size_t i = 0; i < kRows; ++i) hn::StoreU(map(src[i] + j), d, dst + i * job.dst_stride + j);
  }
  if (whole == job.num_columns) return;
  const auto tail = hn::FirstN(d, job.num_columns - whole);
  const Map<T> map(job, whole);
  for (std::size_t i = 0; i < kRows; ++i)
    hn::BlendedStore(map(src[i] + whole), tail, d, dst + i * job.dst_stride + whole);
}

template <class T>
void gather(const GatherJob<T>& job) {
  static constexpr std::size_t kRows = 4;
  std::size_t i = 0;
  for (; i + kRows <= job.num_rows; i += kRows) {
    // The next rows are fetched before they are needed: they lie anywhere.
    for (std::size_t next = i + kRows; next < std::min(i + 2 * kRows, job.num_rows); ++next)
      hwy::Prefetch(job.src + job.rows[next] * job.src_stride);
    gather_rows<kRows>(job, i);
  }
  for (; i < job.num_rows; ++i) gather_rows<1>(job, i);
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
