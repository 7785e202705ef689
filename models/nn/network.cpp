#include "models/nn/network.hpp"

#include <fmt/format.h>

#include <limits>

#include "models/nn/layer.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

Config table(std::initializer_list<std::pair<std::string, Config>> entries) { return Config(Config::Table(entries)); }

LayerSpec dense(std::int32_t units, const std::string& activation, const std::string& init) {
  return {"dense",
          table({{"units", Config(std::int64_t{units})}, {"activation", Config(activation)}, {"init", Config(init)}})};
}

LayerSpec embedding(std::int32_t dim, const std::vector<Inputs::Code>& codes) {
  Config::List columns, sizes;
  for (const Inputs::Code& code : codes) {
    columns.emplace_back(Config(std::int64_t{code.input}));
    sizes.emplace_back(Config(std::int64_t{code.size}));
  }
  return {"embedding", table({{"columns", Config(std::move(columns))},
                              {"sizes", Config(std::move(sizes))},
                              {"dim", Config(std::int64_t{dim})}})};
}

std::string architecture_of(const ModelOptions& options, std::int32_t inputs, std::int32_t outputs) {
  std::string text = fmt::format("{}-{}", options.type, inputs);
  if (options.embedding > 0) text += fmt::format("-embedding{}", options.embedding);
  if (options.type != "mlp") return fmt::format("{}-{}", text, outputs);
  for (const std::int32_t units : options.hidden) text += fmt::format("-{}", units);
  text += fmt::format("-{}", outputs);
  if (!options.hidden.empty()) text += "-" + options.activation;
  if (!options.hidden.empty() && options.dropout > 0) text += fmt::format("-dropout{}", options.dropout);
  return text;
}

}  // namespace

NetworkSpec make_network(const ModelOptions& options, const Inputs& in, const Outputs& outputs) {
  for (const std::int32_t extent : in.shape)
    if (extent < 1) throw ConfigError("the network has no inputs (every feature was dropped or ignored)");
  const auto inputs = static_cast<std::int32_t>(volume(in.shape));
  if (outputs.count < 1) throw ConfigError("the network has no outputs (the data has no classes or targets)");
  if (options.type != "linear" && options.type != "mlp")
    throw ConfigError("no network is called '" + options.type + "' (known: linear, mlp)");
  if (options.embedding > 0 && options.type == "linear")
    throw ConfigError("model.embedding does not go with model.type = \"linear\" (it has no hidden layers) use \"mlp\"");
  if (options.embedding > 0 && in.codes.empty())
    throw ConfigError("model.embedding needs ordinal categoricals (add a preprocess step ordinal)");
  NetworkSpec spec{.task = outputs.task,
                   .input = {inputs},
                   .outputs = outputs.count,
                   .head = resolve_head(options.output, outputs.loss, outputs.task),
                   .architecture = architecture_of(options, inputs, outputs.count),
                   .layers = {}};
  if (options.embedding > 0) spec.layers.push_back(embedding(options.embedding, in.codes));
  if (options.type == "mlp")
    for (const std::int32_t units : options.hidden) {
      spec.layers.push_back(dense(units, options.activation, options.init));
      if (options.dropout > 0) spec.layers.push_back({"dropout", table({{"rate", Config(options.dropout)}})});
    }
  spec.layers.push_back(dense(outputs.count, "identity", options.init));
  static_cast<void>(Network(spec));
  return spec;
}

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
  return node;
}

void Network::check_ends() const {
  std::vector<bool> read(nodes_.size(), false);
  for (const Node& node : nodes_)
    for (const std::int32_t input : node.inputs)
      if (input >= 0) read[static_cast<std::size_t>(input)] = true;
  for (std::size_t i = 0; i + 1 < nodes_.size(); ++i)
    if (!read[i])
      throw ConfigError(describe(i) + " is read by no other (name it in the 'from' of one)");
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
