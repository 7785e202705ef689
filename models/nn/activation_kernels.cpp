// Activations forward, and backward together with the bias, in one pass each.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/nn/activation_kernels.cpp"
// Highway needs this order.
// clang-format off
#include "models/nn/simd_targets.hpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include <hwy/contrib/math/math-inl.h>
// clang-format on

#include <algorithm>
#include <type_traits>

#include "models/nn/kernels.hpp"

HWY_BEFORE_NAMESPACE();
namespace jury::HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

constexpr std::size_t kNarrow = 32;  // columns that are fewer than these are narrow

V constant(float x) { return hn::Set(D(), x); }
V positive_or(V x, V otherwise) { return hn::IfThenElse(hn::Gt(x, hn::Zero(D())), x, otherwise); }

// value(x), and gradient(at, dy) = dy * slope, where `at` is the value, or x where `from_source`.
// Exponentials have arguments <= 0, so that none overflows.
struct FromValue {
  static constexpr bool from_source = false;
};
struct FromSource {
  static constexpr bool from_source = true;
};

struct Identity : FromValue {
  static V value(V x) { return x; }
  static V gradient(V, V dy) { return dy; }
};

struct Relu : FromValue {
  static V value(V x) { return hn::Max(x, hn::Zero(D())); }
  static V gradient(V y, V dy) { return hn::IfThenElseZero(hn::Gt(y, hn::Zero(D())), dy); }
};

struct LeakyRelu : FromValue {
  static V value(V x) { return positive_or(x, hn::Mul(constant(kLeakySlope), x)); }
  static V gradient(V y, V dy) {
    return hn::IfThenElse(hn::Gt(y, hn::Zero(D())), dy, hn::Mul(constant(kLeakySlope), dy));
  }
};

struct Elu : FromValue {
  static V value(V x) { return positive_or(x, hn::Expm1(D(), hn::Min(x, hn::Zero(D())))); }
  static V gradient(V y, V dy) { return hn::IfThenElse(hn::Gt(y, hn::Zero(D())), dy, hn::MulAdd(y, dy, dy)); }
};

struct Tanh : FromValue {
  static V value(V x) {  // with q = exp(-2 |x|) - 1: |tanh x| = -q / (q + 2)
    const V q = hn::Expm1(D(), hn::Mul(constant(-2.0F), hn::Abs(x)));
    return hn::CopySignToAbs(hn::Div(hn::Neg(q), hn::Add(q, constant(2.0F))), x);
  }
  static V gradient(V y, V dy) { return hn::Mul(dy, hn::NegMulAdd(y, y, constant(1.0F))); }
};

struct Sigmoid : FromValue {
  static V value(V x) {
    const V e = hn::Exp(D(), hn::Neg(hn::Abs(x)));
    return hn::Div(hn::IfThenElse(hn::Lt(x, hn::Zero(D())), e, constant(1.0F)), hn::Add(constant(1.0F), e));
  }
  static V gradient(V y, V dy) { return hn::Mul(dy, hn::Mul(y, hn::Sub(constant(1.0F), y))); }
};

struct Softplus : FromValue {
  static V value(V x) { return hn::Add(hn::Max(x, hn::Zero(D())), hn::Log1p(D(), hn::Exp(D(), hn::Neg(hn::Abs(x))))); }
  static V gradient(V y, V dy) { return hn::Neg(hn::Mul(dy, hn::Expm1(D(), hn::Neg(y)))); }  // 1 - exp(-y)
};

struct Softsign : FromValue {
  static V value(V x) { return hn::Div(x, hn::Add(constant(1.0F), hn::Abs(x))); }
  static V gradient(V y, V dy) {
    const V rest = hn::Sub(constant(1.0F), hn::Abs(y));
    return hn::Mul(dy, hn::Mul(rest, rest));
  }
};

struct Swish : FromSource {
  static V value(V x) { return hn::Mul(x, Sigmoid::value(x)); }
  static V gradient(V x, V dy) {  // s + x s (1 - s), whose 1 - s would be rounding alone for large x
    const V one = constant(1.0F), e = hn::Exp(D(), hn::Neg(hn::Abs(x))), r = hn::Div(one, hn::Add(one, e));
    const V s = hn::Mul(hn::IfThenElse(hn::Lt(x, hn::Zero(D())), e, one), r);
    return hn::Mul(dy, hn::MulAdd(x, hn::Mul(hn::Mul(e, r), r), s));
  }
};

V polynomial(V, float last) { return constant(last); }
template <class... More>
V polynomial(V x, float lowest, More... more) {
  return hn::MulAdd(x, polynomial(x, more...), constant(lowest));
}

struct Gelu : FromSource {
  static constexpr float peak = 0.39894228F;  // of the density, 1 / sqrt(2 pi)

  // Phi(x), given bell = exp(-x^2 / 2), within 2e-7: its Taylor series for |x| < 1; beyond it
  // Phi(-|x|) = erfc(|x| / sqrt 2) / 2 by Abramowitz and Stegun 1964, 7.1.26, whose error is below 0.75e-7
  // here but which near 0 multiplies the rounding of t.
  static V distribution(V x, V bell) {
    const V one = constant(1.0F), half = constant(0.5F), size = hn::Abs(x), square = hn::Mul(x, x);
    const V series = hn::MulAdd(hn::Mul(constant(peak), x),
                                polynomial(square, 1.0F, -1.0F / 6, 1.0F / 40, -1.0F / 336, 1.0F / 3456, -1.0F / 42240,
                                           1.0F / 599040, -1.0F / 9676800),
                                half);
    const V t = hn::Div(one, hn::MulAdd(constant(0.3275911F * 0.70710678F), size, one));
    const V erfc = hn::Mul(
        bell, hn::Mul(t, polynomial(t, 0.254829592F, -0.284496736F, 1.421413741F, -1.453152027F, 1.061405429F)));
    const V far = hn::IfThenElse(hn::Lt(x, hn::Zero(D())), hn::Mul(half, erfc), hn::NegMulAdd(half, erfc, one));
    return hn::IfThenElse(hn::Lt(size, one), series, far);
  }
  static V bell(V x) { return hn::Exp(D(), hn::Mul(constant(-0.5F), hn::Mul(x, x))); }
  static V value(V x) { return hn::Mul(x, distribution(x, bell(x))); }
  static V gradient(V x, V dy) {  // Phi(x) + x exp(-x^2 / 2) / sqrt(2 pi)
    const V b = bell(x);
    return hn::Mul(dy, hn::MulAdd(hn::Mul(x, b), constant(peak), distribution(x, b)));
  }
};

template <class F>
void with_rule(Activation activation, F f) {
  switch (activation) {
    case Activation::identity:
      return f(Identity());
    case Activation::relu:
      return f(Relu());
    case Activation::tanh:
      return f(Tanh());
    case Activation::sigmoid:
      return f(Sigmoid());
    case Activation::leaky_relu:
      return f(LeakyRelu());
    case Activation::elu:
      return f(Elu());
    case Activation::gelu:
      return f(Gelu());
    case Activation::swish:
      return f(Swish());
    case Activation::softplus:
      return f(Softplus());
    case Activation::softsign:
      return f(Softsign());
  }
}

// A NaN stays visible, whatever exponentials and comparisons make of it.
template <class Rule>
V value(Rule, V x) {
  return hn::IfThenElse(hn::IsNaN(x), x, Rule::value(x));
}

// Columns of a strip, kWidth vectors that stay in registers, in row order. Values that the rule leaves as
// they are, are not written.
template <std::size_t kWidth, class Rule>
void strip(Rule, const ActivationBackward& args, std::size_t col) {
  const D d;
  const std::size_t lanes = hn::Lanes(d);
  const float* from = Rule::from_source ? args.src : args.dst;
  V sums[kWidth];
  for (V& sum : sums) sum = hn::Zero(d);
  for (std::size_t at = col; at < args.rows * args.cols; at += args.cols)
    for (std::size_t k = 0; k < kWidth; ++k) {
      float* const place = args.d_dst + at + k * lanes;
      const V gradient = Rule::gradient(hn::LoadU(d, from + at + k * lanes), hn::LoadU(d, place));
      if constexpr (!std::is_same_v<Rule, Identity>) hn::StoreU(gradient, d, place);
      sums[k] = hn::Add(sums[k], gradient);
    }
  for (std::size_t k = 0; k < kWidth; ++k) hn::StoreU(sums[k], d, args.d_bias + col + k * lanes);
}

template <class Rule>
void columns(Rule rule, const ActivationBackward& args) {
  const D d;
  const std::size_t lanes = hn::Lanes(d);
  const float* from = Rule::from_source ? args.src : args.dst;
  std::size_t col = 0;
  for (; col + 8 * lanes <= args.cols; col += 8 * lanes) strip<8>(rule, args, col);
  for (; col + 2 * lanes <= args.cols; col += 2 * lanes) strip<2>(rule, args, col);
  for (; col + lanes <= args.cols; col += lanes) strip<1>(rule, args, col);
  if (col == args.cols) return;
  // Reads may pass the last row by less than a vector; buffers are padded and the lanes unused.
  const auto tail = hn::FirstN(d, args.cols - col);
  V sum = hn::Zero(d);
  for (std::size_t at = col; at < args.rows * args.cols; at += args.cols) {
    const V gradient = hn::IfThenElseZero(tail, Rule::gradient(hn::LoadU(d, from + at), hn::LoadU(d, args.d_dst + at)));
    if constexpr (!std::is_same_v<Rule, Identity>) hn::BlendedStore(gradient, tail, d, args.d_dst + at);
    sum = hn::Add(sum, gradient);
  }
  HWY_ALIGN float sums[hn::MaxLanes(D())];
  hn::Store(sum, d, sums);
  std::copy_n(sums, args.cols - col, args.d_bias + col);  // d_bias may end where its block does
}

// Of narrow rows: bias over and over, so that vectors are full though rows end within them.
template <class Rule>
void biased_narrow(Rule rule, const BiasedSums& args) {
  const D d;
  const std::size_t lanes = hn::Lanes(d), period = args.cols * lanes, size = args.rows * args.cols;
  HWY_ALIGN float bias[kNarrow * hn::MaxLanes(D())];
  for (std::size_t i = 0; i < period; i += args.cols) std::copy_n(args.bias, args.cols, bias + i);
  for (std::size_t first = 0; first < size; first += period)
    for (std::size_t i = first; i < std::min(first + period, size); i += lanes)
      hn::Store(value(rule, hn::Add(hn::Load(d, args.sums + i), hn::Load(d, bias + i - first))), d, args.sums + i);
}

template <class Rule>
void biased(Rule rule, const BiasedSums& args) {
  const D d;
  const std::size_t lanes = hn::Lanes(d), whole = args.cols / lanes * lanes, rest = args.cols - whole;
  if (args.cols < kNarrow) return biased_narrow(rule, args);
  HWY_ALIGN float last[hn::MaxLanes(D())] = {};
  std::copy_n(args.bias + whole, rest, last);
  for (std::size_t at = 0; at < args.rows * args.cols; at += args.cols) {
    float* const row = args.sums + at;
    for (std::size_t col = 0; col < whole; col += lanes)
      hn::StoreU(value(rule, hn::Add(hn::LoadU(d, row + col), hn::LoadU(d, args.bias + col))), d, row + col);
    if (rest == 0) continue;
    const V y = value(rule, hn::Add(hn::LoadU(d, row + whole), hn::Load(d, last)));
    hn::BlendedStore(y, hn::FirstN(d, rest), d, row + whole);
  }
}

void Forward(Activation activation, const float* src, float* dst, std::size_t size) {
  with_rule(activation, [=](auto rule) {
    const D d;
    for (std::size_t i = 0; i < size; i += hn::Lanes(d)) hn::Store(value(rule, hn::Load(d, src + i)), d, dst + i);
  });
}

void Biased(Activation activation, const BiasedSums& args) {
  with_rule(activation, [&args](auto rule) { biased(rule, args); });
}

void Backward(Activation activation, const ActivationBackward& args) {
  with_rule(activation, [&args](auto rule) { columns(rule, args); });
}

}  // namespace
}  // namespace jury::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace jury {
HWY_EXPORT(Forward);
void activation_forward(Activation activation, const float* src, float* dst, std::size_t size) noexcept {
  HWY_DYNAMIC_DISPATCH(Forward)(activation, src, dst, size);
}
HWY_EXPORT(Biased);
void add_bias_and_activate(Activation activation, const BiasedSums& args) noexcept {
  HWY_DYNAMIC_DISPATCH(Biased)(activation, args);
}
HWY_EXPORT(Backward);
void activation_backward(Activation activation, const ActivationBackward& args) noexcept {
  HWY_DYNAMIC_DISPATCH(Backward)(activation, args);
}
}  // namespace jury
#endif
