#include "models/nn/sgd.hpp"

#include "runtime/base/error.hpp"

namespace jury {

void Sgd::step(std::span<float> params, std::span<const float> grads, double lr) {
  JURY_EXPECTS(params.size() == grads.size());
  sgd_step(static_cast<float>(lr), grads.data(), params.data(), params.size());
}

MomentumStep Momentum::arguments(std::span<float> params, std::span<const float> grads, double lr) const {
  JURY_EXPECTS(params.size() == grads.size() && params.size() == velocity_.size());
  return {.lr = static_cast<float>(lr),
          .momentum = momentum_,
          .grads = grads.data(),
          .velocity = velocity_.data(),
          .params = params.data(),
          .size = params.size()};
}

void Momentum::step(std::span<float> params, std::span<const float> grads, double lr) {
  momentum_step(arguments(params, grads, lr));
}

void Nesterov::step(std::span<float> params, std::span<const float> grads, double lr) {
  nesterov_step(arguments(params, grads, lr));
}

void Sgd::save(ByteWriter& writer) const { save_kind(writer, "sgd"); }
void Sgd::load(ByteReader& reader) { load_kind(reader, "sgd"); }

void Momentum::save(ByteWriter& writer) const {
  save_kind(writer, kind());
  save_block(writer, velocity_);
}

void Momentum::load(ByteReader& reader) {
  load_kind(reader, kind());
  load_block(reader, velocity_);
}

}  // namespace jury
