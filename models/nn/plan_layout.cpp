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
  const bool training = options.trains();
  input = floats(values(network.spec().input, options));
  std::vector<Buffer> value;  // of each node
  for (std::size_t i = 0; i < network.nodes().size(); ++i) {
    const Network::Node& node = network.nodes()[i];
    Slot slot;
    slot.node = i;
    for (const std::int32_t from : node.inputs)
      slot.srcs.push_back(from == LayerSpec::kInput ? input : value[static_cast<std::size_t>(from)]);
    if (!training && node.layer->runs() == Layer::Runs::in_training) {
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
  const std::size_t n = slots.size();
  std::vector<bool> needed(n, false);  // the gradient of what comes out of each node
  const auto is_needed = [&](std::int32_t from) {
    return from == LayerSpec::kInput ? options.input_gradient : needed[static_cast<std::size_t>(from)];
  };
  std::vector<Buffer> gradient(n);
  for (std::size_t i = 0; i < n; ++i) {
    const Network::Node& node = network.nodes()[i];
    bool any = node.trains();
    for (const std::int32_t from : node.inputs) any |= is_needed(from);
    needed[i] = slots[i].runs_backward = any;
    slots[i].d_dst = gradient[i] = floats(values(node.dst, options));
  }
  if (options.input_gradient) d_input = floats(values(network.spec().input, options));

  // From the last layer to the first, as they run backward: who comes first to a value writes.
  std::vector<bool> written(n, false);
  bool input_written = false;
  std::vector<std::size_t> extra;  // sizes of the gradients to be added, by their place in a layer
  const auto visit = [&](auto&& place) {
    std::fill(written.begin(), written.end(), false);
    input_written = false;
    for (std::size_t i = n; i-- > 0;) {
      const Network::Node& node = network.nodes()[i];
      std::size_t added = 0;
      for (std::size_t k = 0; k < node.inputs.size(); ++k) {
        const std::int32_t from = node.inputs[k];
        if (!is_needed(from)) {
          place(i, k, std::optional<Buffer>(), std::optional<std::size_t>());
          continue;
        }
        const bool to_input = from == LayerSpec::kInput;
        const Buffer target = to_input ? *d_input : gradient[static_cast<std::size_t>(from)];
        const bool again = to_input ? input_written : written[static_cast<std::size_t>(from)];
        (to_input ? input_written = true : written[static_cast<std::size_t>(from)] = true);
        place(i, k, std::optional(target), again ? std::optional(added++) : std::nullopt);
      }
    }
  };
  visit([&](std::size_t i, std::size_t k, const std::optional<Buffer>&, std::optional<std::size_t> added) {
    if (!added) return;
    extra.resize(std::max(extra.size(), *added + 1));
    extra[*added] = std::max(extra[*added], values(network.nodes()[i].srcs[k], options));
  });
  std::vector<Buffer> temporary;
  for (const std::size_t size : extra) temporary.push_back(floats(size));
  visit([&](std::size_t i, std::size_t, const std::optional<Buffer>& target, std::optional<std::size_t> added) {
    Slot& slot = slots[i];
    const std::size_t k = slot.d_srcs.size();
    slot.d_srcs.push_back(added ? temporary[*added] : target);
    if (added)
      slot.sums.push_back({temporary[*added], *target, padded_size(values(network.nodes()[i].srcs[k], options))});
  });
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
