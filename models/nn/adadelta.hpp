// Adadelta.
#pragma once

#include "models/nn/aligned_block.hpp"
#include "models/nn/optimizer.hpp"

namespace jury {

struct AdadeltaOptions {
  double rho = 0.9;
  double epsilon = 1e-6;
};

/// Zeiler 2012, algorithm 1: gradients divided by their running size and multiplied by that of the
/// moves before: see adadelta_step(). The rate, 1 in the paper, scales the step.
class Adadelta final : public Optimizer {
 public:
  Adadelta(const AdadeltaOptions& options, std::size_t num_params)
      : options_(options), squares_(num_params), moves_(num_params) {}
  void step(std::span<float> params, std::span<const float> grads, double lr) override;
  void save(ByteWriter& writer) const override;
  void load(ByteReader& reader) override;

 private:
  AdadeltaOptions options_;
  AlignedBlock squares_, moves_;
};

}  // namespace jury
