// Local response normalisation, a place at a time.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/nn/local_response_kernels.cpp"
// Highway needs this order.
// clang-format off
#include "models/nn/simd_targets.hpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include <hwy/contrib/math/math-inl.h>
// clang-format on

#include "models/nn/local_response_kernels.hpp"

#include <algorithm>

#include "models/nn/tail-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace jury::HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

// sums^-beta; the usual 3/4 is two roots.
V power(V sums, float beta) {
  const D d;
  if (beta == 0.75F) return hn::Div(hn::Set(d, 1.0F), hn::Sqrt(hn::Mul(sums, hn::Sqrt(sums))));
  const V result = hn::Exp(d, hn::Mul(hn::Set(d, -beta), hn::Log(d, sums)));
  return hn::IfThenElse(hn::IsNaN(sums), sums, result);
}

// Values of one place's channels with zeros on both sides, so that each channel's neighbours are `size`
// loads away from each other whether they exist or not.
class Window {
 public:
  // `before`: the first of a channel's `size` neighbours is that many channels before it.
  Window(const LocalResponse& args, std::size_t before)
      : window_(args.window), channels_(args.channels), size_(args.size), before_(before) {
    std::fill_n(window_, local_response_floats(channels_, size_), 0.0F);
  }
  void put(std::size_t c, V values) {
    const D d;
    hn::StoreU(first_or_zero(d, channels_ - c, values), d, window_ + before_ + c);
  }
  V sum(std::size_t c) const {
    const D d;
    V sum = hn::LoadU(d, window_ + c);
    for (std::size_t j = 1; j < size_; ++j) sum = hn::Add(sum, hn::LoadU(d, window_ + c + j));
    return sum;
  }

 private:
  float* window_;
  std::size_t channels_, size_, before_;
};

void Forward(const LocalResponse& args) {
  const D d;
  const std::size_t channels = args.channels;
  const V share = hn::Set(d, args.alpha / static_cast<float>(args.size)), k = hn::Set(d, args.k);
  Window window(args, args.size / 2);
  for (std::size_t at = 0; at < args.places * channels; at += channels) {
    for (std::size_t c = 0; c < channels; c += hn::Lanes(d)) {
      const V x = hn::LoadU(d, args.src + at + c);
      window.put(c, hn::Mul(x, x));
    }
    for (std::size_t c = 0; c < channels; c += hn::Lanes(d)) {
      const V sums = hn::MulAdd(share, window.sum(c), k);
      store_first(d, channels - c, sums, args.sums + at + c);
      store_first(d, channels - c, hn::Mul(hn::LoadU(d, args.src + at + c), power(sums, args.beta)), args.dst + at + c);
    }
  }
}

void Backward(const LocalResponseBackward& args) {
  const D d;
  const LocalResponse& of = args.forward;
  const std::size_t channels = of.channels;
  const V factor = hn::Set(d, 2 * of.beta * of.alpha / static_cast<float>(of.size));
  Window window(of, of.size - 1 - of.size / 2);
  for (std::size_t at = 0; at < of.places * channels; at += channels) {
    for (std::size_t c = 0; c < channels; c += hn::Lanes(d)) {
      const V sums = hn::LoadU(d, of.sums + at + c);
      window.put(c, hn::Div(hn::Mul(hn::LoadU(d, args.d_dst + at + c), hn::LoadU(d, of.dst + at + c)), sums));
    }
    for (std::size_t c = 0; c < channels; c += hn::Lanes(d)) {
      const V own = hn::Mul(hn::LoadU(d, args.d_dst + at + c), power(hn::LoadU(d, of.sums + at + c), of.beta));
      const V others = hn::Mul(hn::Mul(factor, hn::LoadU(d, of.src + at + c)), window.sum(c));
      store_first(d, channels - c, hn::Sub(own, others), args.d_src + at + c);
    }
  }
}

}  // namespace
}  // namespace jury::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace jury {
HWY_EXPORT(Forward);
void local_response(const LocalResponse& args) noexcept { HWY_DYNAMIC_DISPATCH(Forward)(args); }
HWY_EXPORT(Backward);
void local_response_backward(const LocalResponseBackward& args) noexcept { HWY_DYNAMIC_DISPATCH(Backward)(args); }
}  // namespace jury
#endif
