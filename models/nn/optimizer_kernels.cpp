// One pass over parameters, gradients and state.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/nn/optimizer_kernels.cpp"
// Highway needs this order.
// clang-format off
#include "models/nn/simd_targets.hpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

#include "models/nn/optimizer_kernels.hpp"

HWY_BEFORE_NAMESPACE();
namespace jury::HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

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

void Nesterov(const MomentumStep& args) {
  const D d;
  const V rate = hn::Set(d, args.lr), momentum = hn::Set(d, args.momentum);
  for (std::size_t i = 0; i < args.size; i += hn::Lanes(d)) {
    const V g = hn::Load(d, args.grads + i);
    const V velocity = hn::MulAdd(momentum, hn::Load(d, args.velocity + i), g);
    hn::Store(velocity, d, args.velocity + i);
    const V ahead = hn::MulAdd(momentum, velocity, g);
    hn::Store(hn::NegMulAdd(rate, ahead, hn::Load(d, args.params + i)), d, args.params + i);
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

void Adagrad(const AdagradStep& args) {
  const D d;
  const V rate = hn::Set(d, args.lr), epsilon = hn::Set(d, args.epsilon);
  for (std::size_t i = 0; i < args.size; i += hn::Lanes(d)) {
    const V g = hn::Load(d, args.grads + i);
    const V squares = hn::MulAdd(g, g, hn::Load(d, args.squares + i));
    hn::Store(squares, d, args.squares + i);
    const V move = hn::Div(g, hn::Add(hn::Sqrt(squares), epsilon));
    hn::Store(hn::NegMulAdd(rate, move, hn::Load(d, args.params + i)), d, args.params + i);
  }
}

void Adadelta(const AdadeltaStep& args) {
  const D d;
  const V rho = hn::Set(d, args.rho), rest = hn::Set(d, 1.0F - args.rho);
  const V rate = hn::Set(d, args.lr), epsilon = hn::Set(d, args.epsilon);
  for (std::size_t i = 0; i < args.size; i += hn::Lanes(d)) {
    const V g = hn::Load(d, args.grads + i), moves = hn::Load(d, args.moves + i);
    const V squares = hn::MulAdd(rho, hn::Load(d, args.squares + i), hn::Mul(hn::Mul(rest, g), g));
    hn::Store(squares, d, args.squares + i);
    const V move = hn::Mul(g, hn::Sqrt(hn::Div(hn::Add(moves, epsilon), hn::Add(squares, epsilon))));
    hn::Store(hn::MulAdd(rho, moves, hn::Mul(hn::Mul(rest, move), move)), d, args.moves + i);
    hn::Store(hn::NegMulAdd(rate, move, hn::Load(d, args.params + i)), d, args.params + i);
  }
}

void Rmsprop(const RmspropStep& args) {
  const D d;
  const V rho = hn::Set(d, args.rho), rest = hn::Set(d, 1.0F - args.rho);
  const V rate = hn::Set(d, args.lr), epsilon = hn::Set(d, args.epsilon), momentum = hn::Set(d, args.momentum);
  for (std::size_t i = 0; i < args.size; i += hn::Lanes(d)) {
    const V g = hn::Load(d, args.grads + i);
    const V squares = hn::MulAdd(rho, hn::Load(d, args.squares + i), hn::Mul(hn::Mul(rest, g), g));
    hn::Store(squares, d, args.squares + i);
    V move = hn::Div(g, hn::Add(hn::Sqrt(squares), epsilon));
    if (args.velocity != nullptr) {
      move = hn::MulAdd(momentum, hn::Load(d, args.velocity + i), move);
      hn::Store(move, d, args.velocity + i);
    }
    hn::Store(hn::NegMulAdd(rate, move, hn::Load(d, args.params + i)), d, args.params + i);
  }
}

void Rprop(const RpropStep& args) {
  const D d;
  const V zero = hn::Zero(d), one = hn::Set(d, 1.0F);
  const V up = hn::Set(d, args.up), down = hn::Set(d, args.down), scale = hn::Set(d, args.scale);
  const V least = hn::Set(d, args.least), most = hn::Set(d, args.most);
  for (std::size_t i = 0; i < args.size; i += hn::Lanes(d)) {
    const V g = hn::Load(d, args.grads + i), previous = hn::Load(d, args.previous + i);
    // Signs are compared, not the product's sign: that of two small gradients is 0.
    const auto same =
        hn::Or(hn::And(hn::Gt(g, zero), hn::Gt(previous, zero)), hn::And(hn::Lt(g, zero), hn::Lt(previous, zero)));
    const auto opposite =
        hn::Or(hn::And(hn::Gt(g, zero), hn::Lt(previous, zero)), hn::And(hn::Lt(g, zero), hn::Gt(previous, zero)));
    const V factor = hn::IfThenElse(same, up, hn::IfThenElse(opposite, down, one));
    const V step = hn::Clamp(hn::Mul(hn::Load(d, args.steps + i), factor), least, most);
    const V kept = hn::IfThenZeroElse(opposite, g);
    const V move = hn::IfThenElse(hn::Eq(kept, zero), zero, hn::CopySign(step, kept));
    hn::Store(step, d, args.steps + i);
    hn::Store(kept, d, args.previous + i);
    hn::Store(hn::NegMulAdd(scale, move, hn::Load(d, args.params + i)), d, args.params + i);
  }
}

}  // namespace
}  // namespace jury::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace jury {
HWY_EXPORT(Sgd);
void sgd_step(float lr, const float* grads, float* params, std::size_t size) noexcept {
  HWY_DYNAMIC_DISPATCH(Sgd)(lr, grads, params, size);
}
HWY_EXPORT(Momentum);
void momentum_step(const MomentumStep& args) noexcept { HWY_DYNAMIC_DISPATCH(Momentum)(args); }
HWY_EXPORT(Nesterov);
void nesterov_step(const MomentumStep& args) noexcept { HWY_DYNAMIC_DISPATCH(Nesterov)(args); }
HWY_EXPORT(Adam);
void adam_step(const AdamStep& args) noexcept { HWY_DYNAMIC_DISPATCH(Adam)(args); }
HWY_EXPORT(Adagrad);
void adagrad_step(const AdagradStep& args) noexcept { HWY_DYNAMIC_DISPATCH(Adagrad)(args); }
HWY_EXPORT(Adadelta);
void adadelta_step(const AdadeltaStep& args) noexcept { HWY_DYNAMIC_DISPATCH(Adadelta)(args); }
HWY_EXPORT(Rmsprop);
void rmsprop_step(const RmspropStep& args) noexcept { HWY_DYNAMIC_DISPATCH(Rmsprop)(args); }
HWY_EXPORT(Rprop);
void rprop_step(const RpropStep& args) noexcept { HWY_DYNAMIC_DISPATCH(Rprop)(args); }
}  // namespace jury
#endif
