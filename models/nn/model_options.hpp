// What is trained: the [model] section of an experiment.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/nn/activation.hpp"
#include "models/nn/head.hpp"
#include "models/nn/initialiser.hpp"
#include "runtime/base/options.hpp"

namespace jury {

struct ModelOptions {
  std::string type = "mlp";
  std::string input = "auto";
  std::vector<std::int32_t> hidden = {64};
  std::string activation = "relu";
  std::string init = "kaiming";
  double init_range = 0.5;
  std::string output = "auto";
  double dropout = 0.0;
  bool batch_norm = false;
  std::vector<std::int32_t> channels = {32, 64};
  std::int32_t kernel = 3;
  std::int32_t stride = 1;
  std::string padding = "same";
  std::int32_t pool = 2;
  double dropout2d = 0.0;
  std::int32_t embedding = 0;
  Config layers = {};
  std::string from = {};
  std::int32_t from_member = 0;
  std::string from_weights = "best";
  bool replace_head = false;
  std::vector<std::string> freeze = {};
  Config lr_factors = {};

  static void fields(auto& self, auto&& visit) {
    visit("type", self.type,
          Field{.help = "linear: softmax or least squares; mlp: dense layers; cnn: convolutions, then dense layers; "
                        "network: any layers; xgboost: boosted trees, set in [trees]",
                .choices = {"linear", "mlp", "cnn", "network", "xgboost"}});
    visit("input", self.input,
          Field{.help = "how a sample is seen; auto: as data.shape and the layers need it",
                .choices = {"auto", "flat", "image", "sequence"}});
    visit("hidden", self.hidden, Field{.help = "units of each hidden layer (mlp, cnn)", .low = 1, .high = 65536});
    visit("activation", self.activation,
          Field{.help = "nonlinearity of the hidden layers", .choices = activation_names()});
    visit("init", self.init,
          Field{.help = "initial weights; kaiming and xavier stand for their _normal variants",
                .choices = initialiser_names()});
    visit("init_range", self.init_range,
          Field{.help = "largest weight either way (init uniform)", .low = 0, .high = 100});
    visit(
        "output", self.output,
        Field{.help = "head: what the outputs mean; auto: as train.loss and the task need", .choices = head_choices()});
    visit("dropout", self.dropout,
          Field{.help = "share of each hidden dense layer's outputs dropped while training", .low = 0, .high = 0.95});
    visit("batch_norm", self.batch_norm, Field{.help = "batch normalisation before each hidden activation (mlp, cnn)"});
    visit("channels", self.channels, Field{.help = "channels of each convolution (cnn)", .low = 1, .high = 65536});
    visit("kernel", self.kernel, Field{.help = "side of the convolutions' kernels (cnn)", .low = 1, .high = 63});
    visit("stride", self.stride, Field{.help = "step of the convolutions (cnn)", .low = 1, .high = 16});
    visit("padding", self.padding,
          Field{.help = "same: around each image, so that a stride of 1 keeps its size; valid: none (cnn)",
                .choices = {"same", "valid"}});
    visit(
        "pool", self.pool,
        Field{.help = "side and step of the max pooling after each convolution; 1: none (cnn)", .low = 1, .high = 16});
    visit(
        "dropout2d", self.dropout2d,
        Field{
            .help = "share of whole channels dropped after each pooling while training (cnn)", .low = 0, .high = 0.95});
    visit(
        "embedding", self.embedding,
        Field{.help = "numbers each ordinal categorical becomes (mlp); 0: its code as it is", .low = 0, .high = 4096});
    visit("layers", self.layers, Field{.help = "the layers in order, a table each (network)"});
    visit("from", self.from,
          Field{.help = "run directory whose stored network the training starts from", .identity = false});
    visit("from_member", self.from_member, Field{.help = "which of its members", .low = 0, .high = 1e9});
    visit("from_weights", self.from_weights,
          Field{.help = "its best or its latest weights", .choices = {"best", "latest"}});
    visit("replace_head", self.replace_head, Field{.help = "replace its last layer by a new one for this data"});
    visit("freeze", self.freeze, Field{.help = "layers that do not train: names, 'conv*' for those that begin so"});
    visit("lr_factors", self.lr_factors, Field{.help = "layer = factor of the learning rate; names as in freeze"});
  }
};

}  // namespace jury
