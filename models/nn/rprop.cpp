#include "models/nn/rprop.hpp"

#include <algorithm>

#include "models/nn/optimizer_kernels.hpp"
#include "runtime/base/error.hpp"

namespace jury {

Rprop::Rprop(double initial, std::size_t num_params) : initial_(initial), previous_(num_params), steps_(num_params) {
  std::fill_n(steps_.data(), steps_.size(), static_cast<float>(initial));
}

void Rprop::step(std::span<float> params, std::span<const float> grads, double lr) {
  JURY_EXPECTS(params.size() == grads.size() && params.size() == steps_.size());
  rprop_step({.scale = initial_ > 0 ? static_cast<float>(lr / initial_) : 0.0F,
              .up = 1.2F,
              .down = 0.5F,
              .least = 1e-6F,
              .most = 50.0F,
              .grads = grads.data(),
              .previous = previous_.data(),
              .steps = steps_.data(),
              .params = params.data(),
              .size = params.size()});
}

void Rprop::save(ByteWriter& writer) const {
  save_kind(writer, "rprop");
  save_block(writer, previous_);
  save_block(writer, steps_);
}

void Rprop::load(ByteReader& reader) {
  load_kind(reader, "rprop");
  load_block(reader, previous_);
  load_block(reader, steps_);
}

}  // namespace jury
