// One pass over parameters, gradients and state.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/nn/optimizer_kernels.cpp"
// Highway needs this order.
// clang-format off
#include "models/nn/simd_targets.hpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

#include "models/nn/kernels.hpp"

HWY_BEFORE_NAMESPACE();
namespace jury::HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

void AddScaled(float factor, const float* x, float* y, std::size_t size) {
  const D d;
  const V scale = hn::Set(d, factor);
  std::size_t i = 0;
  for (; i + hn::Lanes(d) <= size; i += hn::Lanes(d))
    hn::StoreU(hn::MulAdd(scale, hn::LoadU(d, x + i), hn::LoadU(d, y + i)), d, y + i);
  for (; i < size; ++i) y[i] += factor * x[i];
}

void Sgd(float lr, const float* grads, float* params, std::size_t size) {
  const D d;
  const V rate = hn::Set(d, lr);
  for (std::size_t i = 0; i < size; i += hn::Lanes(d))
    hn::Store(hn::NegMulAdd(rate, hn::Load(d, grads + i), hn::Load(d, params + i)), d, params + i);
}

void Momentum(const MomentumStep& args) {
  const D d;
  const V rate = hn::Set(d, args.lr), momentum = hn::Set(d, args.momentum);
  for (std::size_t i = 0; i < args.size; i += hn::Lanes(d)) {
    const V velocity = hn::MulAdd(momentum, hn::Load(d, args.velocity + i), hn::Load(d, args.grads + i));
    hn::Store(velocity, d, args.velocity + i);
    hn::Store(hn::NegMulAdd(rate, velocity, hn::Load(d, args.params + i)), d, args.params + i);
  }
}

void Adam(const AdamStep& args) {
  const D d;
  const V beta1 = hn::Set(d, args.beta1), rest1 = hn::Set(d, 1.0F - args.beta1);
  const V beta2 = hn::Set(d, args.beta2), rest2 = hn::Set(d, 1.0F - args.beta2);
  const V rate = hn::Set(d, args.lr * args.correct1), correct2 = hn::Set(d, args.correct2);
  const V epsilon = hn::Set(d, args.epsilon);
  for (std::size_t i = 0; i < args.size; i += hn::Lanes(d)) {
    const V g = hn::Load(d, args.grads + i);
    const V first = hn::MulAdd(beta1, hn::Load(d, args.first + i), hn::Mul(rest1, g));
    const V second = hn::MulAdd(beta2, hn::Load(d, args.second + i), hn::Mul(hn::Mul(rest2, g), g));
    hn::Store(first, d, args.first + i);
    hn::Store(second, d, args.second + i);
    const V scale = hn::Add(hn::Sqrt(hn::Mul(correct2, second)), epsilon);
    hn::Store(hn::Sub(hn::Load(d, args.params + i), hn::Div(hn::Mul(rate, first), scale)), d, args.params + i);
  }
}

}  // namespace
}  // namespace jury::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace jury {
HWY_EXPORT(AddScaled);
void add_scaled(float factor, const float* x, float* y, std::size_t size) noexcept {
  HWY_DYNAMIC_DISPATCH(AddScaled)(factor, x, y, size);
}
HWY_EXPORT(Sgd);
void sgd_step(float lr, const float* grads, float* params, std::size_t size) noexcept {
  HWY_DYNAMIC_DISPATCH(Sgd)(lr, grads, params, size);
}
HWY_EXPORT(Momentum);
void momentum_step(const MomentumStep& args) noexcept { HWY_DYNAMIC_DISPATCH(Momentum)(args); }
HWY_EXPORT(Adam);
void adam_step(const AdamStep& args) noexcept { HWY_DYNAMIC_DISPATCH(Adam)(args); }
}  // namespace jury
#endif
