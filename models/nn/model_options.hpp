// What is trained: the [model] section of an experiment.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/nn/activation.hpp"
#include "models/nn/initialiser.hpp"
#include "runtime/base/options.hpp"

namespace jury {

struct ModelOptions {
  std::string type = "mlp";
  std::vector<std::int32_t> hidden = {64};
  std::string activation = "relu";
  std::string init = "kaiming";
  std::string output = "auto";
  double dropout = 0.0;

  static void fields(auto& self, auto&& visit) {
    visit("type", self.type,
          Field{.help = "linear: softmax or least squares; mlp: dense layers",
                .choices = {"linear", "mlp"},
                .planned = {"cnn", "network", "xgboost"}});
    visit("hidden", self.hidden, Field{.help = "units of each hidden layer (mlp)", .low = 1, .high = 65536});
    visit("activation", self.activation,
          Field{.help = "nonlinearity of the hidden layers",
                .choices = activation_names(),
                .planned = {"leaky_relu", "elu", "gelu", "swish", "softplus", "softsign"}});
    visit("init", self.init,
          Field{.help = "initial weights; kaiming and xavier stand for their _normal variants",
                .choices = initialiser_names(),
                .planned = {"orthogonal", "uniform"}});
    visit("output", self.output,
          Field{.help = "head; auto: class probabilities or plain values, as the task needs",
                .choices = {"auto"},
                .planned = {"sigmoid", "mean_variance", "quantile"}});
    visit("dropout", self.dropout,
          Field{.help = "share of each hidden layer's outputs dropped while training", .low = 0, .high = 0.95});
  }
};

}  // namespace jury
