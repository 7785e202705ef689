// How it is trained: the [train] section of an experiment.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/nn/augment_options.hpp"
#include "models/nn/loss.hpp"
#include "models/nn/optimizer.hpp"
#include "models/nn/schedule.hpp"
#include "runtime/base/options.hpp"

namespace jury {

/// train.early_stopping: when a held-out part of the training rows says that it is enough.
struct EarlyStoppingOptions {
  std::string metric = "valid.loss";
  std::string rule = "patience";
  std::int32_t patience = 10;
  double min_delta = 0.0;
  double alpha = 5.0;
  double fraction = 0.1;

  static void fields(auto& self, auto&& visit) {
    visit("metric", self.metric, Field{.help = "valid.loss, or valid.<any metric of the task>"});
    visit("rule", self.rule,
          Field{.help = "patience: epochs without a better value; gl: generalisation loss (Prechelt 1998)",
                .choices = {"patience", "gl"}});
    visit("patience", self.patience, Field{.help = "epochs (patience)", .low = 1, .high = 1e7});
    visit("min_delta", self.min_delta, Field{.help = "smallest change that counts as better", .low = 0, .high = 1e9});
    visit("alpha", self.alpha,
          Field{.help = "stop when the loss is this many percent above its least (gl)", .low = 0, .high = 1e6});
    visit("fraction", self.fraction, Field{.help = "share of the training rows held out", .low = 1e-6, .high = 0.9});
  }
};

/// train.averaging: stochastic weight averaging (Izmailov et al. 2018).
struct AveragingOptions {
  double start = 0.75;
  std::int32_t every = 1;
  double lr = 0.0;

  static void fields(auto& self, auto&& visit) {
    visit("start", self.start,
          Field{.help = "share of the epochs before the first weights count", .low = 0, .high = 0.999});
    visit("every", self.every, Field{.help = "epochs between the weights that count", .low = 1, .high = 1e6});
    visit("lr", self.lr, Field{.help = "learning rate from then on (0: as scheduled)", .low = 0, .high = 1e6});
  }
};

struct TrainOptions {
  std::string optimizer = "adam";
  double lr = 1e-3;
  double momentum = 0.0;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double rho = 0.0;
  double epsilon = 0.0;
  NumberOrWord batch = 32;
  std::int32_t epochs = 50;
  std::int64_t max_steps = 0;
  std::string schedule = "constant";
  double warmup = 0.0;
  double lr_period = 10.0;
  double lr_factor = 0.1;
  double lr_growth = 1.0;
  double lr_min = 0.0;
  std::string loss = "auto";
  double huber_delta = 1.0;
  double quantile = 0.5;
  Config class_weights = Config("none");
  double label_smoothing = 0.0;
  double weight_decay = 0.0;
  double l1 = 0.0;
  double max_norm = 0.0;
  double clip_norm = 0.0;
  double clip_value = 0.0;
  double mixup = 0.0;
  double cutmix = 0.0;
  double input_noise = 0.0;
  double weight_noise = 0.0;
  double adversarial = 0.0;
  std::optional<AugmentOptions> augment = {};
  std::optional<EarlyStoppingOptions> early_stopping = {};
  std::optional<AveragingOptions> averaging = {};
  std::string precision = "f32";
  std::int32_t checkpoint_epochs = 0;

  static void fields(auto& self, auto&& visit) {
    visit("optimizer", self.optimizer,
          Field{.help = "how weights follow their gradients", .choices = optimizer_names()});
    visit("lr", self.lr, Field{.help = "learning rate, before its schedule", .low = 0, .high = 1e6});
    visit("momentum", self.momentum,
          Field{.help = "share of the last step kept (sgd, momentum, nesterov, rmsprop); 0: the optimizer's own",
                .low = 0,
                .high = 0.9999});
    visit("beta1", self.beta1, Field{.help = "decay of the first moment (adam, adamw)", .low = 0, .high = 0.999999});
    visit("beta2", self.beta2, Field{.help = "decay of the second moment (adam, adamw)", .low = 0, .high = 0.999999});
    visit("rho", self.rho,
          Field{.help = "decay of the squared gradients (rmsprop 0.99, adadelta 0.9); 0: the optimizer's own",
                .low = 0,
                .high = 0.999999});
    visit("epsilon", self.epsilon,
          Field{.help = "keeps divisors from zero; 0: the optimizer's own", .low = 0, .high = 1});
    visit("batch", self.batch,
          Field{.help = "rows of a step, or \"full\"", .low = 1, .high = 1 << 20, .choices = {"full"}});
    visit("epochs", self.epochs, Field{.help = "passes over the training rows", .low = 1, .high = 1e7});
    visit("max_steps", self.max_steps,
          Field{.help = "end after this many steps (0: no limit)", .low = 0, .high = 1e15});
    visit("schedule", self.schedule, Field{.help = "how the learning rate changes", .choices = schedule_names()});
    visit("warmup", self.warmup,
          Field{.help = "epochs over which the rate first rises linearly", .low = 0, .high = 1e6});
    visit("lr_period", self.lr_period,
          Field{.help = "epochs between steps (step), of the first cycle (cosine_restarts)", .low = 1e-3, .high = 1e7});
    visit(
        "lr_factor", self.lr_factor,
        Field{.help = "of the rate at each step (step), or at the end (exponential, linear)", .low = 1e-9, .high = 1});
    visit("lr_growth", self.lr_growth,
          Field{.help = "of the period from cycle to cycle (cosine_restarts)", .low = 1, .high = 100});
    visit("lr_min", self.lr_min, Field{.help = "least rate of the cosines", .low = 0, .high = 1e6});
    visit("loss", self.loss,
          Field{.help = "what is minimised; auto: what suits model.output and the task", .choices = loss_choices()});
    visit("huber_delta", self.huber_delta,
          Field{.help = "error, in deviations of the target, from which huber is linear", .low = 1e-6, .high = 1e6});
    visit("quantile", self.quantile,
          Field{.help = "which quantile is predicted (loss quantile)", .low = 1e-6, .high = 1 - 1e-6});
    visit("class_weights", self.class_weights,
          Field{.help = "\"none\", \"balanced\", or a factor for each class in their order"});
    visit("label_smoothing", self.label_smoothing,
          Field{.help = "share of each label spread over all classes", .low = 0, .high = 0.999});
    visit("weight_decay", self.weight_decay,
          Field{.help = "L2: this times the weights (not the biases) is added to their gradient; adamw: decoupled",
                .low = 0,
                .high = 1e3});
    visit("l1", self.l1,
          Field{.help = "L1: this times the signs of the weights is added to their gradient", .low = 0, .high = 1e3});
    visit("max_norm", self.max_norm,
          Field{.help = "largest norm of the weights of one unit (0: no limit)", .low = 0, .high = 1e6});
    visit("clip_norm", self.clip_norm,
          Field{.help = "largest norm of the whole gradient (0: no limit)", .low = 0, .high = 1e9});
    visit("clip_value", self.clip_value,
          Field{.help = "largest absolute value in the gradient (0: no limit)", .low = 0, .high = 1e9});
    visit("mixup", self.mixup,
          Field{.help = "alpha of the Beta of mixup (Zhang et al. 2018); 0: none", .low = 0, .high = 100});
    visit("cutmix", self.cutmix,
          Field{.help = "alpha of the Beta of CutMix (Yun et al. 2019); 0: none", .low = 0, .high = 100});
    visit("input_noise", self.input_noise,
          Field{.help = "deviation of Gaussian noise on the preprocessed inputs", .low = 0, .high = 100});
    visit("weight_noise", self.weight_noise,
          Field{.help = "deviation of Gaussian noise on the weights at each step", .low = 0, .high = 100});
    visit("adversarial", self.adversarial,
          Field{.help = "fast gradient sign examples this share of each input's range away (Goodfellow et al. 2015)",
                .low = 0,
                .high = 1});
    visit("augment", self.augment, Field{.help = "random changes to images"});
    visit("early_stopping", self.early_stopping, Field{.help = "stop on a held-out part of the training rows"});
    visit("averaging", self.averaging, Field{.help = "stochastic weight averaging"});
    visit("precision", self.precision,
          Field{.help = "number type of the products; bf16_emulated: bf16's rounding, at a cost, on any processor",
                .choices = {"f32", "bf16", "bf16_emulated"}});
    visit("checkpoint_epochs", self.checkpoint_epochs,
          Field{.help = "write the state of a training every so many epochs, to continue there after a crash (0: "
                        "only when stopped)",
                .low = 0,
                .high = 1e7,
                .identity = false});
  }
};

/// Rows of a full step when there are so many draws: never more than those.
std::size_t batch_rows(const TrainOptions& options, std::size_t num_draws) noexcept;

}  // namespace jury
