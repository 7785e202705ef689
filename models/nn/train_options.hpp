// How it is trained: the [train] section of an experiment.
#pragma once

#include <cstdint>
#include <string>

#include "models/nn/loss.hpp"
#include "models/nn/optimizer.hpp"
#include "runtime/base/options.hpp"

namespace jury {

struct TrainOptions {
  std::string optimizer = "adam";
  double lr = 1e-3;
  double momentum = 0.0;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  std::int32_t batch = 32;
  std::int32_t epochs = 50;
  std::int64_t max_steps = 0;
  std::string loss = "auto";
  double weight_decay = 0.0;
  std::string precision = "f32";

  static void fields(auto& self, auto&& visit) {
    visit("optimizer", self.optimizer,
          Field{.help = "how weights follow their gradients",
                .choices = optimizer_names(),
                .planned = {"nesterov", "adagrad", "adadelta", "rmsprop", "adamw", "rprop"}});
    visit("lr", self.lr, Field{.help = "learning rate", .low = 0, .high = 1e6});
    visit("momentum", self.momentum,
          Field{.help = "share of the last step kept (sgd, momentum); 0: the optimizer's own, none or 0.9",
                .low = 0,
                .high = 0.9999});
    visit("beta1", self.beta1, Field{.help = "decay of the first moment (adam)", .low = 0, .high = 0.999999});
    visit("beta2", self.beta2, Field{.help = "decay of the second moment (adam)", .low = 0, .high = 0.999999});
    visit("epsilon", self.epsilon,
          Field{.help = "added to the root of the second moment (adam)", .low = 1e-16, .high = 1});
    visit("batch", self.batch, Field{.help = "rows of a step", .low = 1, .high = 1 << 20});
    visit("epochs", self.epochs, Field{.help = "passes over the training rows", .low = 1, .high = 1e7});
    visit("max_steps", self.max_steps,
          Field{.help = "end after this many steps (0: no limit)", .low = 0, .high = 1e15});
    visit("loss", self.loss,
          Field{.help = "auto: cross_entropy for classes, mse for values",
                .choices = loss_choices(),
                .planned = {"binary_cross_entropy", "mae", "huber", "quantile", "gaussian_nll", "poisson"}});
    visit(
        "weight_decay", self.weight_decay,
        Field{.help = "L2: this times the weights (not the biases) is added to their gradient", .low = 0, .high = 1e3});
    visit("precision", self.precision,
          Field{.help = "number type of the products", .choices = {"f32"}, .planned = {"bf16"}});
  }
};

}  // namespace jury
