// The layers of OnnxNetwork that compute something: products, convolutions, normalisations, tables, pools.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "models/nn/activation.hpp"
#include "models/nn/batch_norm_layer.hpp"
#include "models/nn/conv_layer.hpp"
#include "models/nn/dense_layer.hpp"
#include "models/nn/embedding_layer.hpp"
#include "models/nn/extents.hpp"
#include "models/nn/local_response_norm_layer.hpp"
#include "models/nn/pool_layer.hpp"
#include "runtime/base/error.hpp"
#include "tools/export/onnx_network.hpp"

namespace jury {

OnnxNetwork::Value OnnxNetwork::dense(const DenseOptions& options, const Network::Node& node) {
  const std::int64_t inputs = channels(node.src()), units = channels(node.dst);
  const Value weights = members_.stacked({inputs, units}, [&, tensor = tensor(node, 0)](const TrainedMember& member) {
    const std::vector<float> rows = tensor(member);
    std::vector<float> out;
    for (std::int64_t k = 0; k < inputs; ++k)
      for (std::int64_t u = 0; u < units; ++u) out.push_back(rows[static_cast<std::size_t>(u * inputs + k)]);
    return out;
  });
  Value value = graph_.node("MatMul", {src(node, 0), weights});
  if (options.bias) value = graph_.node("Add", {value, members_.stacked({1, units}, tensor(node, 1))});
  return onnx_activation(graph_, value, options.activation);
}

OnnxNetwork::Value OnnxNetwork::conv(const ConvOptions& options, const Network::Node& node) {
  const ConvLayer::Window window = ConvLayer(options).window(node.src().size() - 1);
  const bool of_shared = shared_ && src(node, 0) == input_ && options.groups == 1;
  Dims pads(window.before.begin(), window.before.end());
  pads.insert(pads.end(), window.after.begin(), window.after.end());
  const Shape& shape = network_.tensors()[node.first_tensor].shape;
  Dims dims(shape.begin(), shape.end());
  dims[0] *= count_;
  std::vector<Value> inputs{of_shared ? src(node, 0) : each(src(node, 0)),
                            graph_.reals(dims, everyone(tensor(node, 0)))};
  if (options.bias) inputs.push_back(graph_.reals({dims[0]}, everyone(tensor(node, 1))));
  const Value value = graph_.node("Conv", inputs,
                                  {{"kernel_shape", Dims(window.kernel.begin(), window.kernel.end())},
                                   {"strides", Dims(window.stride.begin(), window.stride.end())},
                                   {"pads", pads},
                                   {"group", of_shared ? std::int64_t{1} : count_ * options.groups}});
  return onnx_activation(graph_, value, options.activation);
}

OnnxNetwork::Value OnnxNetwork::batch_norm(const BatchNormOptions& options, const Network::Node& node) {
  enum : std::size_t { kScale, kShift, kMean, kVariance };
  const auto factor = [scale = tensor(node, kScale), variance = tensor(node, kVariance),
                       epsilon = static_cast<float>(options.epsilon)](const TrainedMember& member) {
    std::vector<float> out = scale(member);
    const std::vector<float> of = variance(member);
    for (std::size_t c = 0; c < out.size(); ++c) out[c] /= std::sqrt(of[c] + epsilon);
    return out;
  };
  Value value = graph_.node("Sub", {each(src(node, 0)), per_channel(node.src(), tensor(node, kMean))});
  value = graph_.node("Mul", {value, per_channel(node.src(), factor)});
  value = graph_.node("Add", {value, per_channel(node.src(), tensor(node, kShift))});
  return onnx_activation(graph_, value, options.activation);
}

// Over the features of flat samples, and over the channels at each place of images.
OnnxNetwork::Value OnnxNetwork::layer_norm(double epsilon, const Network::Node& node) {
  const bool image = is_image(node.src());
  const std::int64_t size = channels(node.src()), places = num_places(node.src());
  Value x = src(node, 0);
  if (image) x = reshaped(each(x), {-1, count_, size, places});
  const OnnxGraph::Settings over{{"axes", Dims{2}}, {"keepdims", std::int64_t{1}}};
  const Value centered = graph_.node("Sub", {x, graph_.node("ReduceMean", {x}, over)});
  const Value variance = graph_.node("ReduceMean", {graph_.node("Mul", {centered, centered})}, over);
  const Value deviation =
      graph_.node("Sqrt", {graph_.node("Add", {variance, graph_.real(static_cast<float>(epsilon))})});
  const auto parameter = [&](std::size_t k) {
    return image ? graph_.reals({1, count_, size, 1}, everyone(tensor(node, k)))
                 : members_.stacked({1, size}, tensor(node, k));
  };
  x = graph_.node("Mul", {graph_.node("Div", {centered, deviation}), parameter(0)});
  x = graph_.node("Add", {x, parameter(1)});
  return image ? reshaped(x, image_dims(node.src(), count_)) : x;
}

// The rows of tables as a product with 0 and 1: members may have different codes. What has no code becomes zeros.
OnnxNetwork::Value OnnxNetwork::embedding(const EmbeddingOptions& options, const Network::Node& node) {
  std::vector<std::int64_t> plain;
  for (std::int32_t i = 0; i < node.src()[0]; ++i)
    if (std::ranges::find(options.columns, i) == options.columns.end()) plain.push_back(i);
  const auto at = [&](const Value& indices) {
    return graph_.node("Gather", {src(node, 0), indices}, {{"axis", std::int64_t{2}}});
  };
  const Value spread = graph_.wholes({3}, {count_, 1, 1});
  std::vector<Value> parts;
  if (!plain.empty()) parts.push_back(graph_.node("Expand", {at(ints(plain)), spread}));
  for (std::size_t k = 0; k < options.columns.size(); ++k) {
    std::vector<float> codes(static_cast<std::size_t>(options.sizes[k]));
    for (std::size_t c = 0; c < codes.size(); ++c) codes[c] = static_cast<float>(c);
    const Value column = graph_.node("Floor", {at(ints({options.columns[k]}))});
    const Value is_code = graph_.node("Equal", {column, graph_.reals({1, 1, options.sizes[k]}, codes)});
    const Value table = members_.stacked({options.sizes[k], options.dim}, tensor(node, k));
    parts.push_back(graph_.node(
        "Expand", {graph_.node("MatMul", {graph_.node("Cast", {is_code}, {{"to", std::int64_t{1}}}), table}), spread}));
  }
  return parts.size() == 1 ? parts.front() : graph_.node("Concat", parts, {{"axis", std::int64_t{2}}});
}

OnnxNetwork::Value OnnxNetwork::pool(const Network::Node& node) {
  const auto& layer = dynamic_cast<const PoolLayer&>(*node.layer);
  const SlidingWindow window = layer.window(node.src().size() - 1);
  Dims pads(window.padding.begin(), window.padding.end());
  pads.insert(pads.end(), window.padding.begin(), window.padding.end());
  return graph_.node(layer.kind() == PoolKind::max ? "MaxPool" : "AveragePool", {each(src(node, 0))},
                     {{"kernel_shape", Dims(window.size.begin(), window.size.end())},
                      {"strides", Dims(window.stride.begin(), window.stride.end())},
                      {"pads", pads}});
}

OnnxNetwork::Value OnnxNetwork::global_pool(const std::string& kind, const Network::Node& node) {
  return flat(graph_.node(kind == "max" ? "GlobalMaxPool" : "GlobalAveragePool", {each(src(node, 0))}),
              channels(node.src()));
}

// Channels of other members are no neighbours, so that members are rows here.
OnnxNetwork::Value OnnxNetwork::local_response_norm(const LocalResponseNormOptions& options,
                                                    const Network::Node& node) {
  if (options.size % 2 == 0)
    throw ConfigError(
        "local_response_norm of an even size cannot be written as ONNX (whose window lies one channel further)");
  const Value normed = graph_.node(
      "LRN", {reshaped(each(src(node, 0)), image_dims(node.src(), 1))},
      {{"size", std::int64_t{options.size}}, {"alpha", options.alpha}, {"beta", options.beta}, {"bias", options.k}});
  return reshaped(normed, image_dims(node.src(), count_));
}

OnnxGraph::Value onnx_activation(OnnxGraph& graph, const OnnxGraph::Value& x, const std::string& name) {
  if (name == "identity") return x;
  if (name == "relu") return graph.node("Relu", {x});
  if (name == "tanh") return graph.node("Tanh", {x});
  if (name == "sigmoid") return graph.node("Sigmoid", {x});
  if (name == "leaky_relu") return graph.node("LeakyRelu", {x}, {{"alpha", static_cast<double>(kLeakySlope)}});
  if (name == "elu") return graph.node("Elu", {x}, {{"alpha", 1.0}});
  if (name == "softplus") return graph.node("Softplus", {x});
  if (name == "softsign") return graph.node("Softsign", {x});
  if (name == "swish") return graph.node("Mul", {x, graph.node("Sigmoid", {x})});
  if (name != "gelu") throw ConfigError(fmt::format("the activation {} cannot be written as ONNX here", name));
  // x (1 + erf(x / sqrt 2)) / 2
  const OnnxGraph::Value erf = graph.node("Erf", {graph.node("Mul", {x, graph.real(0.70710678F)})});
  return graph.node("Mul", {graph.node("Mul", {x, graph.real(0.5F)}), graph.node("Add", {erf, graph.real(1)})});
}

}  // namespace jury
