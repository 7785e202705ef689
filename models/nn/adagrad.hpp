// Adagrad.
#pragma once

#include "models/nn/aligned_block.hpp"
#include "models/nn/optimizer.hpp"

namespace jury {

/// squares <- squares + grads^2;  params <- params - lr * grads / (sqrt(squares) + epsilon)
/// (Duchi, Hazan, Singer 2011, the diagonal rule.)
class Adagrad final : public Optimizer {
 public:
  Adagrad(double epsilon, std::size_t num_params) : epsilon_(static_cast<float>(epsilon)), squares_(num_params) {}
  void step(std::span<float> params, std::span<const float> grads, double lr) override;
  void save(ByteWriter& writer) const override;
  void load(ByteReader& reader) override;

 private:
  float epsilon_;
  AlignedBlock squares_;
};

}  // namespace jury
