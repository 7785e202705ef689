#include "models/nn/adadelta.hpp"

#include "models/nn/optimizer_kernels.hpp"
#include "runtime/base/error.hpp"

namespace jury {

void Adadelta::step(std::span<float> params, std::span<const float> grads, double lr) {
  JURY_EXPECTS(params.size() == grads.size() && params.size() == squares_.size());
  adadelta_step({.lr = static_cast<float>(lr),
                 .rho = static_cast<float>(options_.rho),
                 .epsilon = static_cast<float>(options_.epsilon),
                 .grads = grads.data(),
                 .squares = squares_.data(),
                 .moves = moves_.data(),
                 .params = params.data(),
                 .size = params.size()});
}

void Adadelta::save(ByteWriter& writer) const {
  save_kind(writer, "adadelta");
  save_block(writer, squares_);
  save_block(writer, moves_);
}

void Adadelta::load(ByteReader& reader) {
  load_kind(reader, "adadelta");
  load_block(reader, squares_);
  load_block(reader, moves_);
}

}  // namespace jury
