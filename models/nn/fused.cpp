#include "models/nn/fused.hpp"

namespace jury {

dnnl::primitive_attr fused(Activation activation) {
  dnnl::post_ops after;
  switch (activation) {
    case Activation::identity:
      break;
    case Activation::relu:
      after.append_eltwise(1.0F, dnnl::algorithm::eltwise_relu, 0, 0);
      break;
    case Activation::tanh:
      after.append_eltwise(1.0F, dnnl::algorithm::eltwise_tanh, 0, 0);
      break;
    case Activation::sigmoid:
      after.append_eltwise(1.0F, dnnl::algorithm::eltwise_logistic, 0, 0);
      break;
  }
  dnnl::primitive_attr attributes;
  attributes.set_post_ops(after);
  return attributes;
}

}  // namespace jury
