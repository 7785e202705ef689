#include "models/nn/layer.hpp"

#include "models/nn/activation_layer.hpp"
#include "models/nn/batch_norm_layer.hpp"
#include "models/nn/conv_layer.hpp"
#include "models/nn/dense_layer.hpp"
#include "models/nn/dropout2d_layer.hpp"
#include "models/nn/dropout_layer.hpp"
#include "models/nn/embedding_layer.hpp"
#include "models/nn/flatten_layer.hpp"
#include "models/nn/gaussian_noise_layer.hpp"
#include "models/nn/global_pool_layer.hpp"
#include "models/nn/gru_layer.hpp"
#include "models/nn/join_layers.hpp"
#include "models/nn/layer_norm_layer.hpp"
#include "models/nn/local_response_norm_layer.hpp"
#include "models/nn/lstm_layer.hpp"
#include "models/nn/pool_layer.hpp"
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
std::int32_t Layer::least_rows(const Shape&) const { return 1; }
std::string Layer::note(const Shape&) const { return {}; }
void Layer::initialise(const Tensor&, std::span<float>, Rng&) const {}

const Shape& only(std::span<const Shape> srcs) {
  if (srcs.size() != 1) throw ConfigError("needs one input, is given " + std::to_string(srcs.size()));
  return srcs.front();
}

std::span<const Entry<MakeLayer>> layers() noexcept {
  static constexpr Entry<MakeLayer> table[] = {
      {"dense", "activation(x W^T + b)", make<DenseLayer, DenseOptions>},
      {"conv", "convolution in one, two or three dimensions", make<ConvLayer, ConvOptions>},
      {"flatten", "an image as a flat sample", make<FlattenLayer, FlattenOptions>},
      {"add", "the sum of its inputs", make<AddLayer, JoinOptions>},
      {"concat", "the channels of its inputs, one after the other", make<ConcatLayer, JoinOptions>},
      {"scale", "its first input times its second, channel by channel", make<ScaleLayer, JoinOptions>},
      {"batch_norm", "batch normalisation", make<BatchNormLayer, BatchNormOptions>},
      {"dropout", "drops values while training", make<DropoutLayer, DropoutOptions>},
      {"dropout2d", "drops whole channels while training", make<Dropout2dLayer, DropoutOptions>},
      {"gaussian_noise", "adds noise while training", make<GaussianNoiseLayer, GaussianNoiseOptions>},
      {"activation", "activation(x)", make<ActivationLayer, ActivationOptions>},
      {"max_pool", "largest value of each window", make<MaxPoolLayer, PoolingOptions>},
      {"average_pool", "mean of each window", make<AveragePoolLayer, PoolingOptions>},
      {"global_pool", "mean or largest value of each channel", make<GlobalPoolLayer, GlobalPoolOptions>},
      {"layer_norm", "normalises each sample, or each place over its channels", make<LayerNormLayer, LayerNormOptions>},
      {"local_response_norm", "divides by the size of neighbouring channels",
       make<LocalResponseNormLayer, LocalResponseNormOptions>},
      {"embedding", "numbers learned for each code", make<EmbeddingLayer, EmbeddingOptions>},
      {"lstm", "long short-term memory", make<LstmLayer, LstmOptions>},
      {"gru", "gated recurrent unit", make<GruLayer, GruOptions>},
  };
  return table;
}

std::unique_ptr<Layer> make_layer(const LayerSpec& spec) { return find(layers(), "layer", spec.type)(spec.options); }

}  // namespace jury
