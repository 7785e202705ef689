#include "models/nn/sgd.hpp"

#include "models/nn/kernels.hpp"
#include "runtime/base/error.hpp"

namespace jury {

void Sgd::step(std::span<float> params, std::span<const float> grads, double lr) {
  JURY_EXPECTS(params.size() == grads.size());
  sgd_step(static_cast<float>(lr), grads.data(), params.data(), params.size());
}

void Momentum::step(std::span<float> params, std::span<const float> grads, double lr) {
  JURY_EXPECTS(params.size() == grads.size() && params.size() == velocity_.size());
  momentum_step({.lr = static_cast<float>(lr),
                 .momentum = momentum_,
                 .grads = grads.data(),
                 .velocity = velocity_.data(),
                 .params = params.data(),
                 .size = params.size()});
}

void Sgd::save(ByteWriter&) const {}
void Sgd::load(ByteReader&) {}

void Momentum::save(ByteWriter& writer) const { save_block(writer, velocity_); }
void Momentum::load(ByteReader& reader) { load_block(reader, velocity_); }

}  // namespace jury
