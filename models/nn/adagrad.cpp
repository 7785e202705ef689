#include "models/nn/adagrad.hpp"

#include "models/nn/optimizer_kernels.hpp"
#include "runtime/base/error.hpp"

namespace jury {

void Adagrad::step(std::span<float> params, std::span<const float> grads, double lr) {
  JURY_EXPECTS(params.size() == grads.size() && params.size() == squares_.size());
  adagrad_step({.lr = static_cast<float>(lr),
                .epsilon = epsilon_,
                .grads = grads.data(),
                .squares = squares_.data(),
                .params = params.data(),
                .size = params.size()});
}

void Adagrad::save(ByteWriter& writer) const {
  save_kind(writer, "adagrad");
  save_block(writer, squares_);
}

void Adagrad::load(ByteReader& reader) {
  load_kind(reader, "adagrad");
  load_block(reader, squares_);
}

}  // namespace jury
