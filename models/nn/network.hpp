// What a network is, before it is compiled: its layers, tensors and cost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "models/data/dataset.hpp"
#include "models/nn/head.hpp"
#include "models/nn/model_options.hpp"
#include "models/nn/shape.hpp"
#include "runtime/base/bytes.hpp"
#include "runtime/base/config.hpp"

namespace jury {

class Layer;

/// One layer: its type (a name of the layer table), its options (a table of plain values) and where
/// its inputs come from.
struct LayerSpec {
  static constexpr std::int32_t kInput = -1;     ///< the network's input
  static constexpr std::int32_t kPrevious = -2;  ///< the layer before, or the network's input

  std::string type;
  Config options = {};
  std::vector<std::int32_t> inputs = {kPrevious};  ///< places in NetworkSpec::layers, before its own
  std::string name = {};                           ///< empty: "<place>.<type>"
  double lr_factor = 1;                            ///< of the learning rate; 0: frozen
  bool operator==(const LayerSpec&) const = default;
};

/// How a sample lies in the file. In a network the channels are always last.
enum class InputOrder : std::uint8_t { as_it_is, channels_first };

/// Layers from one sample to its outputs: logits of the classes, or (scaled) values of the targets.
/// Layer i reads the input and layers before it; the last one is the output. A plain value; equal
/// specs compile to equal plans.
struct NetworkSpec {
  TaskKind task = TaskKind::classification;
  Shape input;                ///< of one sample
  std::int32_t outputs = 0;   ///< of the last layer: classes, or numbers of all targets
  Head head = Head::softmax;  ///< what they mean
  InputOrder input_order = InputOrder::as_it_is;
  std::string architecture;  ///< see make_network()
  std::vector<LayerSpec> layers;
  bool operator==(const NetworkSpec&) const = default;
};

/// What a trained network's head needs to be.
struct Outputs {
  TaskKind task = TaskKind::classification;
  std::int32_t count = 2;     ///< classes or targets
  std::string loss = "auto";  ///< train.loss, which has a say in the head
};

/// What comes out of preprocessing.
struct Inputs {
  Inputs(std::int32_t features) : shape{features} {}
  explicit Inputs(Shape sample) : shape(std::move(sample)) {}

  Shape shape;  ///< of one sample, row-major as the file has it: (features), (height, width),
                ///< (channels, height, width) or (time, features)
  /// An input that is the code of a categorical, 0 to size - 1.
  struct Code {
    std::int32_t input = 0, size = 1;
  };
  std::vector<Code> codes = {};
};

/// The network of [model] over `inputs` (after preprocessing). Its architecture reads
/// "mlp-64-100-10-relu" (inputs, hidden, outputs, activation, "-dropout0.1" where there is any;
/// "mlp-5-embedding4-64-2-relu" where codes are embedded first),
/// "linear-64-10", or "cnn-1x28x28-10-<hash of the layers>".
/// Throws ConfigError when it has no inputs or outputs, no codes to embed, when layers do not fit (which, what it needs
/// and is given), or when there are more than 2^31 weights.
NetworkSpec make_network(const ModelOptions& options, const Inputs& inputs, const Outputs& outputs);

/// One tensor of the flat parameter block: canonical dense order, one after the other. Weights are
/// (outputs, inputs) or (outputs, inputs, height, width), biases (outputs).
struct Tensor {
  std::string name;  ///< "0.dense.weights"
  Shape shape;
  std::size_t offset = 0;  ///< in floats
  /// weights: decayed and limited; bias: trained as it is (biases, scales, shifts); buffer: kept with
  /// the weights but not trained by gradients, which are zero (statistics of batch normalisation).
  enum class Role : std::uint8_t { weights, bias, buffer } role = Role::weights;
};

/// The parts of a network, checked: every layer built and its shapes known.
/// Throws ConfigError naming the layer, what it expected and what it was given, when they do not fit.
class Network {
 public:
  explicit Network(NetworkSpec spec);
  ~Network();
  Network(Network&&) noexcept;
  Network& operator=(Network&&) noexcept;

  /// One layer in its place.
  struct Node {
    std::string label;  ///< its name, or "<place>.<type>"
    std::shared_ptr<const Layer> layer;
    std::vector<std::int32_t> inputs;  ///< places in nodes(), or LayerSpec::kInput
    std::vector<Shape> srcs;           ///< of one sample, one per input
    Shape dst;
    double lr_factor = 1;
    std::size_t first_tensor = 0;  ///< in tensors()
    std::size_t num_tensors = 0;

    const Shape& src() const noexcept { return srcs.front(); }
    bool trains() const noexcept { return num_tensors > 0 && lr_factor > 0; }
  };

  const NetworkSpec& spec() const noexcept { return spec_; }
  const std::vector<Node>& nodes() const noexcept { return nodes_; }
  const std::vector<Tensor>& tensors() const noexcept { return tensors_; }
  /// Floats of all tensors, buffers too.
  std::size_t num_parameters() const noexcept { return num_parameters_; }

  /// Floating point operations per sample, a multiply-add counted as two: of a prediction, and of a
  /// training step (forward, gradients of the weights, and of the data where they are needed).
  double forward_flops() const noexcept;
  double step_flops() const noexcept;

  /// Initial weights, in canonical order, drawn in that order from the stream `init_key`.
  std::vector<float> initial_weights(std::uint64_t init_key) const;

 private:
  Node place(std::size_t i) const;  ///< where layer i stands, its layer not yet made
  void check_ends() const;
  std::string describe(std::size_t i) const;  ///< "layer 3 (conv)", for messages

  NetworkSpec spec_;
  std::vector<Node> nodes_;
  std::vector<Tensor> tensors_;
  std::size_t num_parameters_ = 0;
};

/// The layout table of a network's weights. Throws as Network does.
std::vector<Tensor> layout(const NetworkSpec& spec);
std::size_t num_parameters(const NetworkSpec& spec);
double forward_flops(const NetworkSpec& spec);
double step_flops(const NetworkSpec& spec);

/// The spec as bytes and back. Throws DataError when the bytes are not a whole spec.
Bytes to_bytes(const NetworkSpec& spec);
NetworkSpec network_from_bytes(std::span<const std::byte> bytes);

}  // namespace jury
