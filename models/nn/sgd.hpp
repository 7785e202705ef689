// Gradient descent, plain and with momentum.
#pragma once

#include "models/nn/aligned_block.hpp"
#include "models/nn/optimizer.hpp"

namespace jury {

/// params <- params - lr * grads
class Sgd final : public Optimizer {
 public:
  void step(std::span<float> params, std::span<const float> grads, double lr) override;
  void save(ByteWriter& writer) const override;
  void load(ByteReader& reader) override;
};

/// velocity <- momentum * velocity + grads;  params <- params - lr * velocity
/// (Polyak 1964, as PyTorch writes it: the rate is outside of the velocity.)
class Momentum final : public Optimizer {
 public:
  Momentum(double momentum, std::size_t num_params)
      : momentum_(static_cast<float>(momentum)), velocity_(num_params) {}
  void step(std::span<float> params, std::span<const float> grads, double lr) override;
  void save(ByteWriter& writer) const override;
  void load(ByteReader& reader) override;

 private:
  float momentum_;
  AlignedBlock velocity_;
};

}  // namespace jury
