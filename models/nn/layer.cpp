#include "models/nn/layer.hpp"

#include "models/nn/dense_layer.hpp"
#include "models/nn/dropout_layer.hpp"
#include "models/nn/embedding_layer.hpp"
#include "models/nn/gru_layer.hpp"
#include "models/nn/lstm_layer.hpp"
#include "runtime/base/options.hpp"

namespace jury {
namespace {

// A layer of one sort from the table of its options.
template <class Concrete, class Options>
std::unique_ptr<Layer> make(const Config& config) {
  Options options;
  Problems problems;
  read_options(config, options, "", problems);
  problems.throw_if_any();
  return std::make_unique<Concrete>(options);
}

}  // namespace

std::vector<Tensor> Layer::tensors(const Shape&) const { return {}; }
double Layer::flops(const Shape&) const { return 0; }
std::size_t Layer::scratch_floats(const Shape&, std::int32_t) const { return 0; }
std::int32_t Layer::least_rows(const Shape&) const { return 1; }
void Layer::initialise(const Tensor&, std::span<float>, Rng&) const {}

const Shape& only(std::span<const Shape> srcs) {
  if (srcs.size() != 1) throw ConfigError("needs one input, is given " + std::to_string(srcs.size()));
  return srcs.front();
}

std::span<const Entry<MakeLayer>> layers() noexcept {
  static constexpr Entry<MakeLayer> table[] = {
      {"dense", "activation(x W^T + b)", make<DenseLayer, DenseOptions>},
      {"dropout", "drops values while training", make<DropoutLayer, DropoutOptions>},
      {"embedding", "numbers learned for each code", make<EmbeddingLayer, EmbeddingOptions>},
      {"lstm", "long short-term memory", make<LstmLayer, LstmOptions>},
      {"gru", "gated recurrent unit", make<GruLayer, GruOptions>},
  };
  return table;
}

std::unique_ptr<Layer> make_layer(const LayerSpec& spec) { return find(layers(), "layer", spec.type)(spec.options); }

}  // namespace jury
