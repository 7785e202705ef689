#include "models/nn/input_gather.hpp"

#include "models/data/pipeline.hpp"
#include "models/nn/extents.hpp"
#include "models/nn/kernels.hpp"
#include "runtime/base/error.hpp"

namespace jury {

InputGather::InputGather(const Pipeline& pipeline, const NetworkSpec& spec, std::size_t max_rows)
    : pipeline_(pipeline) {
  JURY_EXPECTS(pipeline.width() == volume(spec.input));
  if (spec.input_order == InputOrder::as_it_is) return;
  channels_ = static_cast<std::size_t>(spec.input.front());
  places_ = static_cast<std::size_t>(num_places(spec.input));
  rows_ = AlignedBlock(max_rows * pipeline.width());
}

void InputGather::gather(const Dataset& dataset, std::span<const std::uint32_t> rows, float* out) const {
  if (rows_.size() == 0) return pipeline_.gather(dataset, rows, out);
  JURY_EXPECTS(rows.size() * pipeline_.width() <= rows_.size());
  pipeline_.gather(dataset, rows, rows_.data());
  transpose_each({rows_.data(), out, rows.size(), channels_, places_});
}

std::vector<float> InputGather::reordered(std::span<const float> per_input) const {
  std::vector<float> out(per_input.begin(), per_input.end());
  if (rows_.size() > 0) transpose_each({per_input.data(), out.data(), 1, channels_, places_});
  return out;
}

}  // namespace jury
