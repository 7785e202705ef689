// Gradient descent, plain and with momentum.
#pragma once

#include "models/nn/aligned_block.hpp"
#include "models/nn/optimizer.hpp"

namespace jury {

/// params <- params - lr * grads
class Sgd final : public Optimizer {
 public:
  explicit Sgd(double lr) noexcept : lr_(static_cast<float>(lr)) {}
  void step(std::span<float> params, std::span<const float> grads) override;

 private:
  float lr_;
};

/// velocity <- momentum * velocity + grads;  params <- params - lr * velocity
/// (Polyak 1964, as PyTorch writes it: the rate is outside of the velocity.)
class Momentum final : public Optimizer {
 public:
  Momentum(double lr, double momentum, std::size_t num_params)
      : lr_(static_cast<float>(lr)), momentum_(static_cast<float>(momentum)), velocity_(num_params) {}
  void step(std::span<float> params, std::span<const float> grads) override;

 private:
  float lr_, momentum_;
  AlignedBlock velocity_;
};

}  // namespace jury
