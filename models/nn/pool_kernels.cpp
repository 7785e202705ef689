// Pooling over lists of offsets, a vector of channels at a time.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/nn/pool_kernels.cpp"
// Highway needs this order.
// clang-format off
#include "models/nn/simd_targets.hpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

#include "models/nn/pool_kernels.hpp"

#include <algorithm>

#include "models/nn/tail-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace jury::HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using I = hn::RebindToSigned<D>;
using V = hn::Vec<D>;

struct Taps {
  const std::int32_t* first;
  const std::int32_t* last;
};

// f(row, place of the window in dst, its taps)
template <class F>
void each_window(const Windows& windows, std::size_t rows, F f) {
  const std::size_t count = windows.count();
  for (std::size_t row = 0; row < rows; ++row)
    for (std::size_t w = 0; w < count; ++w)
      f(row * windows.places * windows.channels, (row * count + w) * windows.channels,
        Taps{windows.offsets.data() + windows.begins[w], windows.offsets.data() + windows.begins[w + 1]});
}

void MaxForward(const MaxPool& args) {
  const D d;
  const I i;
  const std::size_t channels = args.windows.channels;
  each_window(args.windows, args.rows, [&](std::size_t sample, std::size_t to, Taps taps) {
    for (std::size_t c = 0; c < channels; c += hn::Lanes(d)) {
      const float* src = args.src + sample + c;
      V best = hn::LoadU(d, src + *taps.first);
      auto winner = hn::Set(i, *taps.first);
      for (const std::int32_t* tap = taps.first + 1; tap < taps.last; ++tap) {
        const V x = hn::LoadU(d, src + *tap);
        const auto larger = hn::Or(hn::Gt(x, best), hn::AndNot(hn::IsNaN(best), hn::IsNaN(x)));
        best = hn::IfThenElse(larger, x, best);
        winner = hn::IfThenElse(hn::RebindMask(i, larger), hn::Set(i, *tap), winner);
      }
      store_first(d, channels - c, best, args.dst + to + c);
      store_first(i, channels - c, winner, args.winners + to + c);
    }
  });
}

// to[tap] += f(tap) for each tap of each window; f = start(place of the vector in dst). The zeros of a
// sample are written just before they are added to, while they are near; where no two windows meet there is
// nothing to add to.
template <class Start>
void scatter(const Windows& windows, std::size_t rows, float* to, Start start) {
  const D d;
  const std::size_t channels = windows.channels, size = windows.places * channels;
  const bool adds = !windows.cut;
  each_window(windows, rows, [&](std::size_t sample, std::size_t from, Taps taps) {
    if (adds && from % (windows.count() * channels) == 0) std::fill_n(to + sample, size, 0.0F);
    for (std::size_t c = 0; c < channels; c += hn::Lanes(d)) {
      const auto f = start(from + c, taps);
      for (const std::int32_t* tap = taps.first; tap < taps.last; ++tap) {
        float* place = to + sample + static_cast<std::size_t>(*tap) + c;
        store_first(d, channels - c, adds ? hn::Add(hn::LoadU(d, place), f(*tap)) : f(*tap), place);
      }
    }
  });
}

void MaxBackward(const MaxPoolBackward& args) {
  const D d;
  const I i;
  scatter(args.windows, args.rows, args.d_src, [&](std::size_t at, Taps) {
    const V gradient = hn::LoadU(d, args.d_dst + at);
    const auto winner = hn::LoadU(i, args.winners + at);
    return [=](std::int32_t tap) {
      return hn::IfThenElseZero(hn::RebindMask(D(), hn::Eq(winner, hn::Set(I(), tap))), gradient);
    };
  });
}

V share(Taps taps) { return hn::Set(D(), 1.0F / static_cast<float>(taps.last - taps.first)); }

void AverageForward(const AveragePool& args) {
  const D d;
  const std::size_t channels = args.windows.channels;
  each_window(args.windows, args.rows, [&](std::size_t sample, std::size_t to, Taps taps) {
    for (std::size_t c = 0; c < channels; c += hn::Lanes(d)) {
      V sum = hn::Zero(d);
      for (const std::int32_t* tap = taps.first; tap < taps.last; ++tap)
        sum = hn::Add(sum, hn::LoadU(d, args.from + sample + c + static_cast<std::size_t>(*tap)));
      store_first(d, channels - c, hn::Mul(sum, share(taps)), args.to + to + c);
    }
  });
}

void AverageBackward(const AveragePool& args) {
  scatter(args.windows, args.rows, args.to, [&](std::size_t at, Taps taps) {
    const V gradient = hn::Mul(hn::LoadU(D(), args.from + at), share(taps));
    return [=](std::int32_t) { return gradient; };
  });
}

}  // namespace
}  // namespace jury::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace jury {
HWY_EXPORT(MaxForward);
void max_pool(const MaxPool& args) noexcept { HWY_DYNAMIC_DISPATCH(MaxForward)(args); }
HWY_EXPORT(MaxBackward);
void max_pool_backward(const MaxPoolBackward& args) noexcept { HWY_DYNAMIC_DISPATCH(MaxBackward)(args); }
HWY_EXPORT(AverageForward);
void average_pool(const AveragePool& args) noexcept { HWY_DYNAMIC_DISPATCH(AverageForward)(args); }
HWY_EXPORT(AverageBackward);
void average_pool_backward(const AveragePool& args) noexcept { HWY_DYNAMIC_DISPATCH(AverageBackward)(args); }
}  // namespace jury
#endif
