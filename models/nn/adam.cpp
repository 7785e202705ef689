#include "models/nn/adam.hpp"

#include "models/nn/optimizer_kernels.hpp"
#include "runtime/base/error.hpp"

namespace jury {

void Adam::step(std::span<float> params, std::span<const float> grads, double lr) {
  JURY_EXPECTS(params.size() == grads.size() && params.size() == first_.size());
  power1_ *= options_.beta1;
  power2_ *= options_.beta2;
  adam_step({.lr = static_cast<float>(lr),
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

void Adam::save(ByteWriter& writer) const {
  save_kind(writer, "adam");
  writer.add(power1_).add(power2_);
  save_block(writer, first_);
  save_block(writer, second_);
}

void Adam::load(ByteReader& reader) {
  load_kind(reader, "adam");
  power1_ = reader.read<double>();
  power2_ = reader.read<double>();
  load_block(reader, first_);
  load_block(reader, second_);
}

}  // namespace jury
