#include "models/nn/rmsprop.hpp"

#include "models/nn/optimizer_kernels.hpp"
#include "runtime/base/error.hpp"

namespace jury {

void Rmsprop::step(std::span<float> params, std::span<const float> grads, double lr) {
  JURY_EXPECTS(params.size() == grads.size() && params.size() == squares_.size());
  rmsprop_step({.lr = static_cast<float>(lr),
                .rho = static_cast<float>(options_.rho),
                .epsilon = static_cast<float>(options_.epsilon),
                .momentum = static_cast<float>(options_.momentum),
                .grads = grads.data(),
                .squares = squares_.data(),
                .velocity = options_.momentum > 0 ? velocity_.data() : nullptr,
                .params = params.data(),
                .size = params.size()});
}

void Rmsprop::save(ByteWriter& writer) const {
  save_kind(writer, "rmsprop");
  save_block(writer, squares_);
  save_block(writer, velocity_);
}

void Rmsprop::load(ByteReader& reader) {
  load_kind(reader, "rmsprop");
  load_block(reader, squares_);
  load_block(reader, velocity_);
}

}  // namespace jury
