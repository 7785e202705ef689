#include "models/nn/transfer.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/nn/layer_rates.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/hash.hpp"

namespace jury {
namespace {

// The last layer with weights, which must be the one that makes the outputs' width.
std::size_t head_of(const NetworkSpec& spec) {
  for (std::size_t i = spec.layers.size(); i-- > 0;)
    if (spec.layers[i].type == "dense" || spec.layers[i].type == "conv") return i;
  throw ConfigError("model.replace_head finds no dense or conv layer in the stored network to replace");
}

}  // namespace

std::uint64_t Donor::hash() const {
  Hasher hash;
  hash.add(std::span<const std::byte>(to_bytes(network)));
  hash.add(std::as_bytes(std::span(weights)));
  return hash.digest();
}

NetworkSpec transfer_network(const Donor& donor, const ModelOptions& options, const Inputs& inputs,
                             const Outputs& outputs) {
  NetworkSpec spec = donor.network;
  if (volume(spec.input) != volume(inputs.shape))
    throw ConfigError(fmt::format("the network of model.from takes {} inputs (the data has {} after preprocessing)",
                                  to_string(spec.input), to_string(inputs.shape)));
  const Head head = resolve_head(options.output, outputs.loss, outputs.task);
  const auto width = outputs.count * static_cast<std::int32_t>(outputs_per_target(head));
  if (options.replace_head) {
    const std::size_t place = head_of(spec);
    LayerSpec& last = spec.layers[place];
    last.options.set(last.type == "dense" ? "units" : "channels", Config(std::int64_t{width}));
    last.name = label_of(spec, place) + ".new";  // another name: its weights are not the donor's
    spec.architecture += fmt::format("-to{}", width);
  } else if (spec.outputs != width || spec.task != outputs.task || spec.head != head) {
    throw ConfigError(
        fmt::format("the network of model.from puts out {} ({}, {}), the data needs {} ({}, {}) (set "
                    "model.replace_head = true)",
                    spec.outputs, name(spec.task), name(spec.head), width, name(outputs.task), name(head)));
  }
  spec.task = outputs.task;
  spec.outputs = width;
  spec.head = head;
  for (LayerSpec& layer : spec.layers) layer.lr_factor = 1;
  apply_layer_rates(spec, options);
  return spec;
}

std::vector<float> transfer_weights(const Donor& donor, const NetworkSpec& spec, std::uint64_t init_key) {
  const Network network(spec), old(donor.network);
  std::vector<float> weights = network.initial_weights(init_key);
  JURY_EXPECTS(network.nodes().size() == old.nodes().size() && donor.weights.size() == old.num_parameters());
  for (std::size_t i = 0; i < network.nodes().size(); ++i) {
    const Network::Node& node = network.nodes()[i];
    if (node.label != old.nodes()[i].label) continue;
    for (std::size_t k = 0; k < node.num_tensors; ++k) {
      const Tensor& to = network.tensors()[node.first_tensor + k];
      const Tensor& from = old.tensors()[old.nodes()[i].first_tensor + k];
      if (to.shape != from.shape) continue;  // it reads the new head
      std::copy_n(donor.weights.begin() + static_cast<std::ptrdiff_t>(from.offset), volume(from.shape),
                  weights.begin() + static_cast<std::ptrdiff_t>(to.offset));
    }
  }
  return weights;
}

}  // namespace jury
