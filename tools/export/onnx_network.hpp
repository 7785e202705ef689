// A network as ONNX, members side by side: how OnnxMembers' layers become operations.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "models/nn/network.hpp"
#include "tools/export/onnx_members.hpp"

namespace jury {

struct BatchNormOptions;
struct ConvOptions;
struct DenseOptions;
struct EmbeddingOptions;
struct LocalResponseNormOptions;
struct RecurrentOptions;

/// Flat samples are (member or 1, row, feature), and products of them batched; images (row, member x channel, height,
/// width), and convolutions of them grouped. A method for each layer, which gives what comes out of it.
class OnnxNetwork {
 public:
  using Value = OnnxGraph::Value;
  using Dims = OnnxGraph::Dims;
  using ValuesOf = std::function<std::vector<float>(const TrainedMember&)>;

  /// Both must outlive it.
  OnnxNetwork(const OnnxMembers& members, const OnnxInputs& inputs);

  /// Of the last layer. Throws ConfigError that names the layer that cannot be written as ONNX.
  Value sums();

 private:
  Value layer(std::size_t i, const Network::Node& node);
  Value dense(const DenseOptions& options, const Network::Node& node);
  Value conv(const ConvOptions& options, const Network::Node& node);
  Value batch_norm(const BatchNormOptions& options, const Network::Node& node);
  Value layer_norm(double epsilon, const Network::Node& node);
  Value local_response_norm(const LocalResponseNormOptions& options, const Network::Node& node);
  Value embedding(const EmbeddingOptions& options, const Network::Node& node);
  Value recurrent(const RecurrentOptions& options, const std::string& type, const Network::Node& node);
  Value last_states(const Value& states, std::int64_t time, std::int64_t directions, std::int64_t units);
  Value pool(const Network::Node& node);
  Value global_pool(const std::string& kind, const Network::Node& node);
  Value add(const Network::Node& node);
  Value concat(const Network::Node& node);
  Value scale(const Network::Node& node);

  const Value& src(const Network::Node& node, std::size_t k) const {
    return node.inputs[k] == LayerSpec::kInput ? input_ : values_[static_cast<std::size_t>(node.inputs[k])];
  }
  static bool is_image(const Shape& shape) noexcept { return shape.size() > 1; }
  static std::int64_t channels(const Shape& shape) noexcept { return shape.front(); }
  /// (row, members x channels, places...) of so many members.
  static Dims image_dims(const Shape& shape, std::int64_t members);
  Value ints(const Dims& values) { return graph_.wholes({static_cast<std::int64_t>(values.size())}, values); }
  Value reshaped(const Value& value, const Dims& dims) { return graph_.node("Reshape", {value, ints(dims)}); }

  /// A tensor of each member in the order of its block.
  ValuesOf tensor(const Network::Node& node, std::size_t k) const;
  /// All members' values one after the other, also where they are equal.
  std::vector<float> everyone(const ValuesOf& values_of) const;
  /// One number for each channel, to be broadcast over rows and places.
  Value per_channel(const Shape& shape, const ValuesOf& values_of);
  /// From (member, row, places...) to (row, member x channel, places...).
  Value image_input(const Value& flat);
  /// An image that all members share, once for each of them.
  Value each(const Value& image);
  /// From (row, member x size, ...) to (member, row, size).
  Value flat(const Value& image, std::int64_t size);

  const OnnxMembers& members_;
  OnnxGraph& graph_;
  Network network_;
  bool shared_;  // the input of the networks is the same for all
  std::int64_t count_;
  Value input_, repeated_;
  std::vector<Value> values_;  // of each layer
};

}  // namespace jury
