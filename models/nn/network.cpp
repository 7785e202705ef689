#include "models/nn/network.hpp"

#include <fmt/format.h>

#include <limits>

#include "models/nn/layer.hpp"
#include "runtime/base/error.hpp"

namespace jury {
Network::Network(NetworkSpec spec) : spec_(std::move(spec)) {
  for (std::size_t i = 0; i < spec_.layers.size(); ++i) {
    Node node = place(i);
    const std::string where = describe(i);
    try {
      node.layer = make_layer(spec_.layers[i]);
      node.dst = node.layer->output(node.srcs);
    } catch (const ConfigError& error) {
      throw ConfigError(where + ": " + error.what());
    }
    for (Tensor& tensor : node.layer->tensors(node.src())) {
      tensor.name = node.label + "." + tensor.name;
      tensor.offset = num_parameters_;
      num_parameters_ += volume(tensor.shape);
      if (num_parameters_ > std::numeric_limits<std::int32_t>::max())
        throw ConfigError(where + ": the network has more than 2^31 weights (choose smaller layers)");
      tensors_.push_back(std::move(tensor));
    }
    node.num_tensors = tensors_.size() - node.first_tensor;
    nodes_.push_back(std::move(node));
  }
  check_ends();
}

std::string Network::describe(std::size_t i) const {
  const LayerSpec& layer = spec_.layers[i];
  return fmt::format("layer {} ({})", i, layer.name.empty() ? layer.type : layer.name);
}

Network::Node Network::place(std::size_t i) const {
  const LayerSpec& layer = spec_.layers[i];
  Node node{.label = layer.name.empty() ? fmt::format("{}.{}", i, layer.type) : layer.name,
            .layer = nullptr,
            .inputs = {},
            .srcs = {},
            .dst = {},
            .lr_factor = layer.lr_factor,
            .first_tensor = tensors_.size()};
  const auto previous = static_cast<std::int32_t>(i) - 1;
  for (const std::int32_t input : layer.inputs) {
    const std::int32_t from = input == LayerSpec::kPrevious ? previous : input;
    if (from < LayerSpec::kInput || from > previous)
      throw ConfigError(fmt::format("{} reads layer {} (must be one before it)", describe(i), from));
    node.inputs.push_back(from);
    node.srcs.push_back(from == LayerSpec::kInput ? spec_.input : nodes_[static_cast<std::size_t>(from)].dst);
  }
  if (node.inputs.empty()) throw ConfigError(describe(i) + " has no input");
  for (const Node& other : nodes_)
    if (other.label == node.label) throw ConfigError("two layers are called '" + node.label + "' (names must differ)");
  return node;
}

void Network::check_ends() const {
  std::vector<bool> read(nodes_.size(), false);
  for (const Node& node : nodes_)
    for (const std::int32_t input : node.inputs)
      if (input >= 0) read[static_cast<std::size_t>(input)] = true;
  for (std::size_t i = 0; i + 1 < nodes_.size(); ++i)
    if (!read[i]) throw ConfigError(describe(i) + " is read by no other (name it in the 'from' of one)");
  const Shape& last = nodes_.empty() ? spec_.input : nodes_.back().dst;
  if (last != Shape{spec_.outputs})
    throw ConfigError(fmt::format("the network puts out {} (the data needs {})", to_string(last), spec_.outputs));
}

Network::~Network() = default;
Network::Network(Network&&) noexcept = default;
Network& Network::operator=(Network&&) noexcept = default;

double Network::forward_flops() const noexcept {
  double sum = 0;
  for (const Node& node : nodes_) sum += node.layer->flops(node.src());
  return sum;
}

double Network::step_flops() const noexcept {
  double sum = 0;
  std::vector<bool> needs(nodes_.size(), false);  // a gradient with respect to its output
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const Node& node = nodes_[i];
    bool upstream = false;
    for (const std::int32_t input : node.inputs) upstream |= input >= 0 && needs[static_cast<std::size_t>(input)];
    needs[i] = upstream || node.trains();
    sum += node.layer->flops(node.src()) * (1.0 + (node.trains() ? 1.0 : 0.0) + (upstream ? 1.0 : 0.0));
  }
  return sum;
}

std::vector<float> Network::initial_weights(std::uint64_t init_key) const {
  std::vector<float> weights(num_parameters_);
  Rng rng(init_key);
  for (const Node& node : nodes_)
    for (std::size_t i = node.first_tensor; i < node.first_tensor + node.num_tensors; ++i)
      node.layer->initialise(tensors_[i], std::span(weights).subspan(tensors_[i].offset, volume(tensors_[i].shape)),
                             rng);
  return weights;
}

std::vector<Tensor> layout(const NetworkSpec& spec) { return Network(spec).tensors(); }
std::size_t num_parameters(const NetworkSpec& spec) { return Network(spec).num_parameters(); }
double forward_flops(const NetworkSpec& spec) { return Network(spec).forward_flops(); }
double step_flops(const NetworkSpec& spec) { return Network(spec).step_flops(); }

}  // namespace jury
