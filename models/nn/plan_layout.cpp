#include "models/nn/plan_layout.hpp"

#include <algorithm>

#include "models/nn/aligned_block.hpp"
#include "models/nn/layer.hpp"
#include "models/nn/plan.hpp"

namespace jury {
namespace {

std::size_t values(const Shape& shape, const PlanOptions& options) {
  return volume(shape) * static_cast<std::size_t>(options.batch);
}

bool runs(const Layer& layer, const PlanOptions& options) {
  const Layer::Runs when = layer.runs();
  return when == Layer::Runs::always || options.trains() || (when == Layer::Runs::with_dropout && options.dropout);
}

}  // namespace

Precision precision_of(std::string_view name) {
  static constexpr Entry<Precision> table[] = {
      {"f32", "", Precision::f32}, {"bf16", "", Precision::bf16}, {"bf16_emulated", "", Precision::bf16_emulated}};
  return find(std::span<const Entry<Precision>>(table), "precision", name);
}

PlanLayout::PlanLayout(const Network& network, const PlanOptions& options) {
  lay_values(network, options);
  if (options.trains()) lay_gradients(network, options);
  if (!options.loss.empty()) lay_loss(network, options);
}

Buffer PlanLayout::floats(std::size_t count) {
  const Buffer buffer{Region::arena, arena_floats};
  arena_floats += padded_size(count);
  return buffer;
}

void PlanLayout::lay_values(const Network& network, const PlanOptions& options) {
  input = floats(values(network.spec().input, options));
  std::vector<Buffer> value;  // of each node
  for (std::size_t i = 0; i < network.nodes().size(); ++i) {
    const Network::Node& node = network.nodes()[i];
    Slot slot;
    slot.node = i;
    for (const std::int32_t from : node.inputs)
      slot.srcs.push_back(from == LayerSpec::kInput ? input : value[static_cast<std::size_t>(from)]);
    if (!runs(*node.layer, options)) {
      value.push_back(slot.srcs.front());
      continue;
    }
    slot.dst = floats(values(node.dst, options));
    value.push_back(slot.dst);
    slots.push_back(std::move(slot));
  }
  output = value.empty() ? input : value.back();
}

void PlanLayout::lay_gradients(const Network& network, const PlanOptions& options) {
  std::vector<bool> needed(slots.size());  // the gradient of what comes out of each node
  const auto is_needed = [&](std::int32_t from) {
    return from == LayerSpec::kInput ? options.input_gradient : needed[static_cast<std::size_t>(from)];
  };
  std::size_t largest = values(network.spec().input, options);
  for (Slot& slot : slots) {
    const Network::Node& node = network.nodes()[slot.node];
    slot.runs_backward = node.trains() || std::ranges::any_of(node.inputs, is_needed);
    needed[slot.node] = slot.runs_backward;
    slot.d_dst = floats(values(node.dst, options));
    largest = std::max(largest, values(node.dst, options));
  }
  if (options.input_gradient) d_input = floats(values(network.spec().input, options));

  // From the last layer to the first, as they run backward: the first to come to a value writes its
  // gradient, the others write to temporaries, which all layers share.
  std::vector<bool> written(slots.size() + 1, false);  // of each node, and of the input
  std::vector<Buffer> temporaries;
  for (auto slot = slots.rbegin(); slot != slots.rend(); ++slot) {
    const Network::Node& node = network.nodes()[slot->node];
    for (std::size_t k = 0; k < node.inputs.size(); ++k) {
      const std::int32_t from = node.inputs[k];
      if (!is_needed(from)) {
        slot->d_srcs.push_back(std::nullopt);
        continue;
      }
      const bool is_input = from == LayerSpec::kInput;
      const std::size_t place = is_input ? slots.size() : static_cast<std::size_t>(from);
      const Buffer gradient = is_input ? *d_input : slots[place].d_dst;
      if (!written[place]) {
        written[place] = true;
        slot->d_srcs.push_back(gradient);
        continue;
      }
      if (slot->sums.size() == temporaries.size()) temporaries.push_back(floats(largest));
      slot->d_srcs.push_back(temporaries[slot->sums.size()]);
      slot->sums.push_back({*slot->d_srcs.back(), gradient, padded_size(values(node.srcs[k], options))});
    }
  }
}

void PlanLayout::lay_loss(const Network& network, const PlanOptions& options) {
  const auto batch = static_cast<std::size_t>(options.batch);
  const NetworkSpec& spec = network.spec();
  d_output = options.trains() && !slots.empty() ? slots.back().d_dst : floats(values({spec.outputs}, options));
  if (spec.task == TaskKind::classification && !options.soft_targets) {
    labels = floats(batch);
  } else {
    targets = floats(batch * static_cast<std::size_t>(spec.outputs) / outputs_per_target(spec.head));
  }
  row_weights = floats(batch);
  row_scratch = floats(batch);
}

std::size_t estimate_bytes(const NetworkSpec& spec, const PlanOptions& options) {
  return Plan(spec, options).memory_bytes();
}

}  // namespace jury
