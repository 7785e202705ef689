#include "tools/export/onnx_network.hpp"

#include <fmt/format.h>

#include "models/nn/activation_layer.hpp"
#include "models/nn/batch_norm_layer.hpp"
#include "models/nn/conv_layer.hpp"
#include "models/nn/dense_layer.hpp"
#include "models/nn/embedding_layer.hpp"
#include "models/nn/extents.hpp"
#include "models/nn/global_pool_layer.hpp"
#include "models/nn/gru_layer.hpp"
#include "models/nn/layer_norm_layer.hpp"
#include "models/nn/local_response_norm_layer.hpp"
#include "models/nn/lstm_layer.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/options.hpp"

namespace jury {
namespace {

template <class Options>
Options options_of(const LayerSpec& layer) {
  Options options;
  Problems problems;
  read_options(layer.options, options, "", problems);
  problems.throw_if_any();
  return options;
}

}  // namespace

OnnxNetwork::OnnxNetwork(const OnnxMembers& members, const OnnxInputs& inputs)
    : members_(members),
      graph_(members.graph()),
      network_(members.first().network),
      shared_(inputs.shared),
      count_(members.size()) {
  input_ = is_image(network_.spec().input) ? image_input(inputs.inputs) : inputs.inputs;
}

OnnxNetwork::Value OnnxNetwork::sums() {
  for (std::size_t i = 0; i < network_.nodes().size(); ++i) {
    const Network::Node& node = network_.nodes()[i];
    values_.push_back(node.layer->runs() == Layer::Runs::always ? layer(i, node) : src(node, 0));
  }
  return values_.empty() ? input_ : values_.back();
}

OnnxNetwork::Value OnnxNetwork::image_input(const Value& flat) {
  const NetworkSpec& spec = network_.spec();
  const std::int64_t members = shared_ ? 1 : count_, places = num_places(spec.input);
  Value x = members == 1 ? flat : graph_.node("Transpose", {flat}, {{"perm", Dims{1, 0, 2}}});
  if (spec.input_order == InputOrder::as_it_is && channels(spec.input) > 1)
    x = graph_.node("Transpose", {reshaped(x, {-1, members, places, channels(spec.input)})},
                    {{"perm", Dims{0, 1, 3, 2}}});
  return reshaped(x, image_dims(spec.input, members));
}

OnnxNetwork::Dims OnnxNetwork::image_dims(const Shape& shape, std::int64_t members) {
  Dims dims{-1, members * channels(shape)};
  dims.insert(dims.end(), shape.begin() + 1, shape.end());
  return dims;
}

OnnxNetwork::ValuesOf OnnxNetwork::tensor(const Network::Node& node, std::size_t k) const {
  const Tensor tensor = network_.tensors()[node.first_tensor + k];
  return [tensor](const TrainedMember& member) {
    const auto begin = member.weights.begin() + static_cast<std::ptrdiff_t>(tensor.offset);
    return std::vector<float>(begin, begin + static_cast<std::ptrdiff_t>(volume(tensor.shape)));
  };
}

std::vector<float> OnnxNetwork::everyone(const ValuesOf& values_of) const {
  std::vector<float> all;
  for (const StoredMember* member : members_.all()) {
    const std::vector<float> one = values_of(member->model);
    all.insert(all.end(), one.begin(), one.end());
  }
  return all;
}

OnnxNetwork::Value OnnxNetwork::per_channel(const Shape& shape, const ValuesOf& values_of) {
  if (!is_image(shape)) return members_.stacked({1, channels(shape)}, values_of);
  Dims dims(shape.size() + 1, 1);
  dims[1] = count_ * channels(shape);
  return graph_.reals(dims, everyone(values_of));
}

OnnxNetwork::Value OnnxNetwork::each(const Value& image) {
  if (!shared_ || count_ == 1 || image != input_ || !is_image(network_.spec().input)) return image;
  if (repeated_.empty())
    repeated_ =
        graph_.node("Concat", std::vector<Value>(static_cast<std::size_t>(count_), image), {{"axis", std::int64_t{1}}});
  return repeated_;
}

OnnxNetwork::Value OnnxNetwork::flat(const Value& image, std::int64_t size) {
  if (count_ == 1) return reshaped(image, {1, -1, size});
  return graph_.node("Transpose", {reshaped(image, {-1, count_, size})}, {{"perm", Dims{1, 0, 2}}});
}

OnnxNetwork::Value OnnxNetwork::layer(std::size_t i, const Network::Node& node) {
  const LayerSpec& spec = network_.spec().layers[i];
  if (spec.type == "dense") return dense(options_of<DenseOptions>(spec), node);
  if (spec.type == "conv") return conv(options_of<ConvOptions>(spec), node);
  if (spec.type == "activation")
    return onnx_activation(graph_, each(src(node, 0)), options_of<ActivationOptions>(spec).kind);
  if (spec.type == "batch_norm") return batch_norm(options_of<BatchNormOptions>(spec), node);
  if (spec.type == "layer_norm") return layer_norm(options_of<LayerNormOptions>(spec).epsilon, node);
  if (spec.type == "local_response_norm") return local_response_norm(options_of<LocalResponseNormOptions>(spec), node);
  if (spec.type == "embedding") return embedding(options_of<EmbeddingOptions>(spec), node);
  if (spec.type == "lstm") return recurrent(options_of<LstmOptions>(spec), spec.type, node);
  if (spec.type == "gru") return recurrent(options_of<GruOptions>(spec), spec.type, node);
  if (spec.type == "max_pool" || spec.type == "average_pool") return pool(node);
  if (spec.type == "global_pool") return global_pool(options_of<GlobalPoolOptions>(spec).kind, node);
  if (spec.type == "flatten") return flat(each(src(node, 0)), static_cast<std::int64_t>(volume(node.src())));
  if (spec.type == "add") return add(node);
  if (spec.type == "concat") return concat(node);
  if (spec.type == "scale") return scale(node);
  throw ConfigError(
      fmt::format("layers of type {} cannot be written as ONNX here ('jury predict' runs them, 'jury export DIR "
                  "weights' has their tensors)",
                  spec.type));
}

OnnxNetwork::Value OnnxNetwork::add(const Network::Node& node) {
  Value sum = each(src(node, 0));
  for (std::size_t k = 1; k < node.inputs.size(); ++k) sum = graph_.node("Add", {sum, each(src(node, k))});
  return sum;
}

OnnxNetwork::Value OnnxNetwork::concat(const Network::Node& node) {
  const bool image = is_image(node.dst);
  std::vector<Value> parts;
  for (std::size_t k = 0; k < node.inputs.size(); ++k) {
    const Value part = src(node, k);
    if (image)
      parts.push_back(reshaped(each(part), {-1, count_, channels(node.srcs[k]), num_places(node.dst)}));
    else
      parts.push_back(graph_.node("Expand", {part, graph_.wholes({3}, {count_, 1, 1})}));
  }
  const Value all = graph_.node("Concat", parts, {{"axis", std::int64_t{2}}});
  return image ? reshaped(all, image_dims(node.dst, count_)) : all;
}

OnnxNetwork::Value OnnxNetwork::scale(const Network::Node& node) {
  if (!is_image(node.src())) return graph_.node("Mul", {src(node, 0), src(node, 1)});
  Value factor = graph_.node("Expand", {src(node, 1), graph_.wholes({3}, {count_, 1, 1})});
  if (count_ > 1) factor = graph_.node("Transpose", {factor}, {{"perm", Dims{1, 0, 2}}});
  Dims dims(node.src().size() + 1, 1);
  dims[0] = -1;
  dims[1] = count_ * channels(node.src());
  return graph_.node("Mul", {each(src(node, 0)), reshaped(factor, dims)});
}

OnnxGraph::Value onnx_network(const OnnxMembers& members, const OnnxInputs& inputs) {
  return OnnxNetwork(members, inputs).sums();
}

}  // namespace jury
