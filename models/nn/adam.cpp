#include "models/nn/adam.hpp"

#include "models/nn/kernels.hpp"
#include "runtime/base/error.hpp"

namespace jury {

void Adam::step(std::span<float> params, std::span<const float> grads) {
  JURY_EXPECTS(params.size() == grads.size() && params.size() == first_.size());
  power1_ *= options_.beta1;
  power2_ *= options_.beta2;
  adam_step({.lr = static_cast<float>(options_.lr),
             .beta1 = static_cast<float>(options_.beta1),
             .beta2 = static_cast<float>(options_.beta2),
             .epsilon = static_cast<float>(options_.epsilon),
             .correct1 = static_cast<float>(1 / (1 - power1_)),
             .correct2 = static_cast<float>(1 / (1 - power2_)),
             .grads = grads.data(),
             .first = first_.data(),
             .second = second_.data(),
             .params = params.data(),
             .size = params.size()});
}

}  // namespace jury
