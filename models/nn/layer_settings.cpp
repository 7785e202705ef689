#include "models/nn/layer_settings.hpp"

#include "models/nn/activation_layer.hpp"
#include "models/nn/batch_norm_layer.hpp"
#include "models/nn/block_options.hpp"
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

namespace jury {
namespace {

template <class Options>
std::vector<FieldInfo> settings() {
  return fields_of<Options>();
}

}  // namespace

std::span<const Entry<DescribeLayer>> layer_settings() noexcept {
  static constexpr Entry<DescribeLayer> table[] = {
      {"dense", "activation(x W^T + b)", settings<DenseOptions>},
      {"conv", "convolution in one, two or three dimensions", settings<ConvOptions>},
      {"flatten", "an image as a flat sample", settings<FlattenOptions>},
      {"add", "the sum of its inputs", settings<JoinOptions>},
      {"concat", "the channels of its inputs, one after the other", settings<JoinOptions>},
      {"scale", "its first input times its second, channel by channel", settings<JoinOptions>},
      {"batch_norm", "batch normalisation", settings<BatchNormOptions>},
      {"dropout", "drops values while training", settings<DropoutOptions>},
      {"dropout2d", "drops whole channels while training", settings<DropoutOptions>},
      {"gaussian_noise", "adds noise while training", settings<GaussianNoiseOptions>},
      {"activation", "activation(x)", settings<ActivationOptions>},
      {"max_pool", "largest value of each window", settings<PoolingOptions>},
      {"average_pool", "mean of each window", settings<PoolingOptions>},
      {"global_pool", "mean or largest value of each channel", settings<GlobalPoolOptions>},
      {"layer_norm", "normalises each sample, or each place over its channels", settings<LayerNormOptions>},
      {"local_response_norm", "divides by the size of neighbouring channels", settings<LocalResponseNormOptions>},
      {"embedding", "numbers learned for each code", settings<EmbeddingOptions>},
      {"lstm", "long short-term memory", settings<LstmOptions>},
      {"gru", "gated recurrent unit", settings<GruOptions>},
      {"conv_block", "convolution, normalisation, activation, pooling, dropout", settings<ConvBlockOptions>},
      {"residual", "convolutions added to their input", settings<ResidualOptions>},
      {"inception", "convolutions of several sizes side by side", settings<InceptionOptions>},
      {"dense_block", "layers that each read all before them", settings<DenseBlockOptions>},
      {"transition", "fewer channels and half the sides", settings<TransitionOptions>},
      {"squeeze_excite", "channels scaled by a net of their means", settings<SqueezeExciteOptions>},
      {"branches", "lists of layers side by side", settings<BranchesOptions>},
  };
  return table;
}

}  // namespace jury
