// Adam.
#pragma once

#include "models/nn/aligned_block.hpp"
#include "models/nn/optimizer.hpp"

namespace jury {

struct AdamOptions {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
};

/// Kingma and Ba 2015, algorithm 1, with bias correction: see adam_step().
class Adam final : public Optimizer {
 public:
  Adam(const AdamOptions& options, std::size_t num_params)
      : options_(options), first_(num_params), second_(num_params) {}
  void step(std::span<float> params, std::span<const float> grads, double lr) override;
  void save(ByteWriter& writer) const override;
  void load(ByteReader& reader) override;

 private:
  AdamOptions options_;
  double power1_ = 1, power2_ = 1;  // beta^t
  AlignedBlock first_, second_;
};

}  // namespace jury
