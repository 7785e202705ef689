// Resilient backpropagation.
#pragma once

#include "models/nn/aligned_block.hpp"
#include "models/nn/optimizer.hpp"

namespace jury {

/// Riedmiller and Braun 1993: each parameter has a step of its own, 1.2 times as long after two
/// gradients of one sign, half as long after a change of sign, within [1e-6, 50] as in Prechelt 1994.
/// After a change of sign the gradient counts as 0, so that the parameter rests for one step and takes
/// nothing back (iRprop-, Igel and Huesken 2000, and PyTorch). Made for gradients of the full batch.
///
/// The first step is as long as `initial`, train.lr. Where a schedule changes the rate, every step is
/// scaled by lr / initial.
class Rprop final : public Optimizer {
 public:
  Rprop(double initial, std::size_t num_params);
  void step(std::span<float> params, std::span<const float> grads, double lr) override;
  void save(ByteWriter& writer) const override;
  void load(ByteReader& reader) override;

 private:
  double initial_;
  AlignedBlock previous_, steps_;
};

}  // namespace jury
