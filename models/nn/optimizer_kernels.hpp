// The flat passes between two gradients: one kernel, one function, as in kernels.hpp.
//
// Steps of optimizers take blocks that start on 64 bytes and a padded size; where gradients and
// state are 0, as in the padding, parameters stay. The others take any place and size and touch
// exactly that.
#pragma once

#include <cstddef>

namespace jury {

/// params[i] -= lr * grads[i].
void sgd_step(float lr, const float* grads, float* params, std::size_t size) noexcept;

/// velocity = momentum * velocity + grads; params -= lr * velocity. All (size).
struct MomentumStep {
  float lr, momentum;
  const float* grads;
  float* velocity;
  float* params;
  std::size_t size;
};
void momentum_step(const MomentumStep& args) noexcept;
/// velocity = momentum * velocity + grads; params -= lr (grads + momentum * velocity).
void nesterov_step(const MomentumStep& args) noexcept;

/// first = beta1 first + (1 - beta1) g;  second = beta2 second + (1 - beta2) g^2;
/// params -= lr (correct1 first) / (sqrt(correct2 second) + epsilon). All (size).
struct AdamStep {
  float lr, beta1, beta2, epsilon;
  float correct1, correct2;  ///< 1 / (1 - beta^t)
  const float* grads;
  float* first;
  float* second;
  float* params;
  std::size_t size;
};
void adam_step(const AdamStep& args) noexcept;

/// squares += g^2; params -= lr g / (sqrt(squares) + epsilon). All (size).
struct AdagradStep {
  float lr, epsilon;
  const float* grads;
  float* squares;
  float* params;
  std::size_t size;
};
void adagrad_step(const AdagradStep& args) noexcept;

/// squares = rho squares + (1 - rho) g^2;  move = g sqrt(moves + epsilon) / sqrt(squares + epsilon);
/// moves = rho moves + (1 - rho) move^2;  params -= lr move. All (size).
struct AdadeltaStep {
  float lr, rho, epsilon;
  const float* grads;
  float* squares;
  float* moves;
  float* params;
  std::size_t size;
};
void adadelta_step(const AdadeltaStep& args) noexcept;

/// squares = rho squares + (1 - rho) g^2;  move = g / (sqrt(squares) + epsilon);
/// velocity = momentum velocity + move;  params -= lr velocity. All (size); without velocity (null)
/// params -= lr move.
struct RmspropStep {
  float lr, rho, epsilon, momentum;
  const float* grads;
  float* squares;
  float* velocity;
  float* params;
  std::size_t size;
};
void rmsprop_step(const RmspropStep& args) noexcept;

/// With the signs of grads and previous: steps = clamp(steps * (same ? up : opposite ? down : 1), least,
/// most); g = opposite ? 0 : grads;  params -= scale * sign(g) * steps;  previous = g. All (size).
struct RpropStep {
  float scale, up, down, least, most;
  const float* grads;
  float* previous;
  float* steps;
  float* params;
  std::size_t size;
};
void rprop_step(const RpropStep& args) noexcept;

/// x[i] *= factor.
void scale(float factor, float* x, std::size_t size) noexcept;

/// y[i] += factor * sign(x[i]), sign(0) = 0.
void add_signs(float factor, const float* x, float* y, std::size_t size) noexcept;

/// x[i] into [-limit, limit]; a NaN stays.
void clip_values(float limit, float* x, std::size_t size) noexcept;

/// The sum of x[i]^2, each exact in double. Its order follows from the size and the instruction set.
double sum_squares(const float* x, std::size_t size) noexcept;

/// x (rows, cols): every row whose norm exceeds `limit` is scaled to that norm.
struct RowLimit {
  double limit;
  float* x;
  std::size_t rows, cols;
};
void limit_rows(const RowLimit& args) noexcept;

}  // namespace jury
