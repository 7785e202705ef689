// Gradient descent, plain and with momentum of two kinds.
#pragma once

#include "models/nn/aligned_block.hpp"
#include "models/nn/optimizer.hpp"
#include "models/nn/optimizer_kernels.hpp"

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
class Momentum : public Optimizer {
 public:
  Momentum(double momentum, std::size_t num_params) : momentum_(static_cast<float>(momentum)), velocity_(num_params) {}
  void step(std::span<float> params, std::span<const float> grads, double lr) override;
  void save(ByteWriter& writer) const override;
  void load(ByteReader& reader) override;

 protected:
  MomentumStep arguments(std::span<float> params, std::span<const float> grads, double lr) const;

 private:
  virtual std::string_view kind() const noexcept { return "momentum"; }

  float momentum_;
  AlignedBlock velocity_;
};

/// velocity <- momentum * velocity + grads;  params <- params - lr * (grads + momentum * velocity)
/// (Nesterov 1983, as Sutskever et al. 2013 and PyTorch write it.)
class Nesterov final : public Momentum {
 public:
  using Momentum::Momentum;
  void step(std::span<float> params, std::span<const float> grads, double lr) override;

 private:
  std::string_view kind() const noexcept override { return "nesterov"; }
};

}  // namespace jury
