// RMSprop.
#pragma once

#include "models/nn/aligned_block.hpp"
#include "models/nn/optimizer.hpp"

namespace jury {

struct RmspropOptions {
  double rho = 0.99;
  double epsilon = 1e-8;
  double momentum = 0;  ///< 0: none, and no state for it
};

/// Gradients divided by their running size (Tieleman and Hinton 2012), with momentum on what comes
/// out as PyTorch has it: see rmsprop_step().
class Rmsprop final : public Optimizer {
 public:
  Rmsprop(const RmspropOptions& options, std::size_t num_params)
      : options_(options), squares_(num_params), velocity_(options.momentum > 0 ? num_params : 0) {}
  void step(std::span<float> params, std::span<const float> grads, double lr) override;
  void save(ByteWriter& writer) const override;
  void load(ByteReader& reader) override;

 private:
  RmspropOptions options_;
  AlignedBlock squares_, velocity_;
};

}  // namespace jury
