#include "models/nn/plan_layout.hpp"

#include "models/nn/aligned_block.hpp"
#include "models/nn/layer.hpp"

namespace jury {

PlanLayout::PlanLayout(const Network& network, const PlanOptions& options) {
  const bool training = !options.loss.empty();
  const auto batch = static_cast<std::size_t>(options.batch);
  const auto floats = [&](std::size_t count) {
    const Buffer buffer{Region::arena, arena_floats};
    arena_floats += padded_size(count);
    return buffer;
  };

  input = floats(batch * volume(network.spec().input));
  Buffer value = input;
  std::optional<Buffer> gradient;
  for (std::size_t i = 0; i < network.nodes().size(); ++i) {
    const Network::Node& node = network.nodes()[i];
    if (!training && node.layer->runs() == Layer::Runs::in_training) continue;
    Slot slot{.node = i,
              .src = value,
              .dst = floats(batch * volume(node.dst)),
              .d_src = gradient,
              .d_dst = {},
              .scratch = {}};
    if (training) {
      slot.d_dst = floats(batch * volume(node.dst));
      slot.scratch = floats(node.layer->scratch_floats(node.src, options.batch));
      gradient = slot.d_dst;
    }
    value = slot.dst;
    slots.push_back(slot);
  }
  output = value;
  if (!training) {
    arena_floats += kVectorFloats;
    return;
  }
  d_output = gradient.value_or(Buffer{});
  if (network.spec().task == TaskKind::classification && !options.soft_targets) {
    labels = floats(batch);
  } else {
    targets = floats(batch * static_cast<std::size_t>(network.spec().outputs) / outputs_per_target(network.spec().head));
  }
  row_weights = floats(batch);
  row_scratch = floats(batch);
  arena_floats += kVectorFloats;  // a vector read from within the last row may pass its end
}

std::size_t estimate_bytes(const NetworkSpec& spec, const PlanOptions& options) {
  return PlanLayout(Network(spec), options).arena_floats * sizeof(float);
}

}  // namespace jury
