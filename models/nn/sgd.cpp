#include "models/nn/sgd.hpp"

#include "models/nn/kernels.hpp"
#include "runtime/base/error.hpp"

namespace jury {

void Sgd::step(std::span<float> params, std::span<const float> grads) {
  JURY_EXPECTS(params.size() == grads.size());
  sgd_step(lr_, grads.data(), params.data(), params.size());
}

void Momentum::step(std::span<float> params, std::span<const float> grads) {
  JURY_EXPECTS(params.size() == grads.size() && params.size() == velocity_.size());
  momentum_step({.lr = lr_,
                 .momentum = momentum_,
                 .grads = grads.data(),
                 .velocity = velocity_.data(),
                 .params = params.data(),
                 .size = params.size()});
}

}  // namespace jury
