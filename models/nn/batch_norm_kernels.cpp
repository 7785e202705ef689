// Batch normalisation: moments, values and gradients, a strip of channels at a time.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/nn/batch_norm_kernels.cpp"
// Highway needs this order.
// clang-format off
#include "models/nn/simd_targets.hpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

#include "models/nn/batch_norm_kernels.hpp"

#include <algorithm>
#include <type_traits>

#include "models/nn/tail-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace jury::HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

constexpr std::size_t kBlockFloats = 4096;  // half of a first-level cache

// f(first, last) of each block of places.
template <class F>
void each_block(std::size_t places, std::size_t channels, F f) {
  const std::size_t rows = std::max<std::size_t>(1, kBlockFloats / channels);
  for (std::size_t first = 0; first < places; first += rows) f(first, std::min(first + rows, places));
}

// f(width, channel): strips of kWidth vectors that stay in registers, then of one, the last maybe cut off.
template <std::size_t kWidth, class F>
void each_strip(std::size_t channels, F f) {
  const std::size_t lanes = hn::Lanes(D());
  std::size_t c = 0;
  for (; c + kWidth * lanes <= channels; c += kWidth * lanes) f(std::integral_constant<std::size_t, kWidth>(), c);
  for (; c < channels; c += lanes) f(std::integral_constant<std::size_t, 1>(), c);
}

template <std::size_t kWidth>
struct Strip {
  V v[kWidth];
  explicit Strip(V x) {
    for (V& one : v) one = x;
  }
  explicit Strip(const float* from) {
    for (std::size_t k = 0; k < kWidth; ++k) v[k] = hn::LoadU(D(), from + k * hn::Lanes(D()));
  }
};

void Moments(const BatchMoments& args) {
  const D d;
  const std::size_t channels = args.channels, lanes = hn::Lanes(d);
  std::fill_n(args.mean, channels, 0.0F);
  std::fill_n(args.variance, channels, 0.0F);
  each_block(args.places, channels, [&](std::size_t first, std::size_t last) {
    const auto rows = static_cast<float>(last - first), before = static_cast<float>(first);
    const V per_row = hn::Set(d, 1.0F / rows), share = hn::Set(d, rows / (before + rows)), weight = hn::Set(d, before);
    each_strip<4>(channels, [&](auto width, std::size_t c) {
      Strip<width> mean(hn::Zero(d)), squares(hn::Zero(d));
      for (std::size_t at = first * channels + c; at < last * channels; at += channels)
        for (std::size_t k = 0; k < width; ++k) mean.v[k] = hn::Add(mean.v[k], hn::LoadU(d, args.src + at + k * lanes));
      for (V& one : mean.v) one = hn::Mul(one, per_row);
      for (std::size_t at = first * channels + c; at < last * channels; at += channels)
        for (std::size_t k = 0; k < width; ++k) {
          const V x = hn::Sub(hn::LoadU(d, args.src + at + k * lanes), mean.v[k]);
          squares.v[k] = hn::MulAdd(x, x, squares.v[k]);
        }
      for (std::size_t k = 0; k < width; ++k) {
        float* const all_mean = args.mean + c + k * lanes;
        float* const all_squares = args.variance + c + k * lanes;
        const V apart = hn::Sub(mean.v[k], hn::Load(d, all_mean)), part = hn::Mul(apart, share);
        hn::Store(hn::Add(hn::Load(d, all_mean), part), d, all_mean);
        const V between = hn::Mul(hn::Mul(apart, part), weight);
        hn::Store(hn::Add(hn::Load(d, all_squares), hn::Add(squares.v[k], between)), d, all_squares);
      }
    });
  });
  const float share = 1.0F / static_cast<float>(args.places);
  for (std::size_t c = 0; c < channels; ++c) args.variance[c] *= share;
}

template <std::size_t kWidth>
struct NormStrip {
  Strip<kWidth> mean, factor, shift;
  NormStrip(const ChannelNorm& norm, std::size_t c)
      : mean(norm.mean + c), factor(norm.factor + c), shift(norm.shift + c) {}
  V centred(std::size_t k, V x) const { return hn::Sub(x, mean.v[k]); }
  V value(std::size_t k, V centred) const { return hn::MulAdd(centred, factor.v[k], shift.v[k]); }
};

struct Identity {
  static V value(V y) { return y; }
  static V gradient(V, V g) { return g; }
};
struct Relu {
  static V value(V y) { return hn::IfThenZeroElse(hn::Lt(y, hn::Zero(D())), y); }
  static V gradient(V y, V g) { return hn::IfThenElseZero(hn::Gt(y, hn::Zero(D())), g); }
};

template <class F>
void with_rule(NormActivation activation, F f) {
  activation == NormActivation::relu ? f(Relu()) : f(Identity());
}

// f(strip of the norm, its width, channel, first and last place of the block)
template <class F>
void each_norm_strip(const ChannelNorm& norm, F f) {
  each_block(norm.places, norm.channels, [&](std::size_t first, std::size_t last) {
    each_strip<2>(norm.channels,
                  [&](auto width, std::size_t c) { f(NormStrip<width>(norm, c), width, c, first, last); });
  });
}

void Values(const ChannelNorm& norm, const float* src, float* dst) {
  with_rule(norm.activation, [&](auto rule) {
    const D d;
    const std::size_t channels = norm.channels, lanes = hn::Lanes(d);
    each_norm_strip(norm, [&](const auto& strip, auto width, std::size_t c, std::size_t first, std::size_t last) {
      for (std::size_t at = first * channels + c; at < last * channels; at += channels)
        for (std::size_t k = 0; k < width; ++k) {
          const V y = rule.value(strip.value(k, strip.centred(k, hn::LoadU(d, src + at + k * lanes))));
          store_first(d, channels - c - k * lanes, y, dst + at + k * lanes);
        }
    });
  });
}

void Sums(const ChannelNorm& norm, const NormGradientSums& args) {
  const D d;
  const std::size_t channels = norm.channels, lanes = hn::Lanes(d);
  std::fill_n(args.sums, channels, 0.0F);
  std::fill_n(args.products, channels, 0.0F);
  const auto add = [d](V x, float* to) { hn::Store(hn::Add(hn::Load(d, to), x), d, to); };
  with_rule(norm.activation, [&](auto rule) {
    each_norm_strip(norm, [&](const auto& strip, auto width, std::size_t c, std::size_t first, std::size_t last) {
      Strip<width> sums(hn::Zero(d)), products(hn::Zero(d));
      for (std::size_t at = first * channels + c; at < last * channels; at += channels)
        for (std::size_t k = 0; k < width; ++k) {
          const V x = strip.centred(k, hn::LoadU(d, args.src + at + k * lanes));
          const V g = rule.gradient(strip.value(k, x), hn::LoadU(d, args.d_dst + at + k * lanes));
          sums.v[k] = hn::Add(sums.v[k], g);
          products.v[k] = hn::MulAdd(g, x, products.v[k]);
        }
      for (std::size_t k = 0; k < width; ++k) {
        add(sums.v[k], args.sums + c + k * lanes);
        add(products.v[k], args.products + c + k * lanes);
      }
    });
  });
}

void Gradient(const ChannelNorm& norm, const NormGradient& args) {
  with_rule(norm.activation, [&](auto rule) {
    const D d;
    const std::size_t channels = norm.channels, lanes = hn::Lanes(d);
    each_norm_strip(norm, [&](const auto& strip, auto width, std::size_t c, std::size_t first, std::size_t last) {
      const Strip<width> offset(args.offset + c), slope(args.slope + c);
      for (std::size_t at = first * channels + c; at < last * channels; at += channels)
        for (std::size_t k = 0; k < width; ++k) {
          const V x = strip.centred(k, hn::LoadU(d, args.src + at + k * lanes));
          const V g = rule.gradient(strip.value(k, x), hn::LoadU(d, args.d_dst + at + k * lanes));
          const V gradient = hn::MulSub(strip.factor.v[k], g, hn::MulAdd(slope.v[k], x, offset.v[k]));
          store_first(d, channels - c - k * lanes, gradient, args.d_src + at + k * lanes);
        }
    });
  });
}

}  // namespace
}  // namespace jury::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace jury {
HWY_EXPORT(Moments);
void batch_moments(const BatchMoments& args) noexcept { HWY_DYNAMIC_DISPATCH(Moments)(args); }
HWY_EXPORT(Values);
void normalize_channels(const ChannelNorm& norm, const float* src, float* dst) noexcept {
  HWY_DYNAMIC_DISPATCH(Values)(norm, src, dst);
}
HWY_EXPORT(Sums);
void norm_gradient_sums(const ChannelNorm& norm, const NormGradientSums& args) noexcept {
  HWY_DYNAMIC_DISPATCH(Sums)(norm, args);
}
HWY_EXPORT(Gradient);
void norm_gradient(const ChannelNorm& norm, const NormGradient& args) noexcept {
  HWY_DYNAMIC_DISPATCH(Gradient)(norm, args);
}
}  // namespace jury
#endif
