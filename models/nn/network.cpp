#include "models/nn/network.hpp"

#include <fmt/format.h>

#include <limits>

#include "models/nn/layer.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

Config table(std::initializer_list<std::pair<std::string, Config>> entries) { return Config(Config::Table(entries)); }

LayerSpec dense(std::int32_t units, const std::string& activation, const ModelOptions& options) {
  LayerSpec layer{"dense", table({{"units", Config(std::int64_t{units})},
                                  {"activation", Config(activation)},
                                  {"init", Config(options.init)}})};
  if (options.init == "uniform") layer.options.set("init_range", Config(options.init_range));
  return layer;
}

std::string architecture_of(const ModelOptions& options, std::int32_t inputs, std::int32_t outputs) {
  std::string text = fmt::format("{}-{}", options.type, inputs);
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
  NetworkSpec spec{.task = outputs.task,
                   .input = {inputs},
                   .outputs = outputs.count,
                   .head = resolve_head(options.output, outputs.loss, outputs.task),
                   .architecture = architecture_of(options, inputs, outputs.count),
                   .layers = {}};
  if (options.type == "mlp")
    for (const std::int32_t units : options.hidden) {
      spec.layers.push_back(dense(units, options.activation, options));
      if (options.dropout > 0) spec.layers.push_back({"dropout", table({{"rate", Config(options.dropout)}})});
    }
  spec.layers.push_back(dense(outputs.count, "identity", options));
  static_cast<void>(Network(spec));
  return spec;
}

Network::Network(NetworkSpec spec) : spec_(std::move(spec)) {
  Shape shape = spec_.input;
  for (std::size_t i = 0; i < spec_.layers.size(); ++i) {
    const auto where = [&] { return fmt::format("layer {} ({})", i, spec_.layers[i].type); };
    Node node{.layer = nullptr, .src = shape, .dst = {}, .first_tensor = tensors_.size()};
    try {
      node.layer = make_layer(spec_.layers[i]);
      node.dst = node.layer->output(shape);
    } catch (const ConfigError& error) {
      throw ConfigError(where() + ": " + error.what());
    }
    for (Tensor& tensor : node.layer->tensors(shape)) {
      tensor.name = fmt::format("{}.{}.{}", i, spec_.layers[i].type, tensor.name);
      tensor.offset = num_parameters_;
      num_parameters_ += volume(tensor.shape);
      if (num_parameters_ > std::numeric_limits<std::int32_t>::max())
        throw ConfigError(where() + ": the network has more than 2^31 weights (choose smaller layers)");
      tensors_.push_back(std::move(tensor));
    }
    node.num_tensors = tensors_.size() - node.first_tensor;
    shape = node.dst;
    nodes_.push_back(std::move(node));
  }
  if (shape != Shape{spec_.outputs})
    throw ConfigError(fmt::format("the network puts out {} (the data needs {})", to_string(shape), spec_.outputs));
}

Network::~Network() = default;
Network::Network(Network&&) noexcept = default;
Network& Network::operator=(Network&&) noexcept = default;

double Network::forward_flops() const noexcept {
  double sum = 0;
  for (const Node& node : nodes_) sum += node.layer->flops(node.src);
  return sum;
}

double Network::step_flops() const noexcept {
  const double first = nodes_.empty() ? 0 : nodes_.front().layer->flops(nodes_.front().src);
  return 3 * forward_flops() - first;
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
