#include "models/nn/optimizer.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/nn/adadelta.hpp"
#include "models/nn/adagrad.hpp"
#include "models/nn/adam.hpp"
#include "models/nn/rmsprop.hpp"
#include "models/nn/rprop.hpp"
#include "models/nn/sgd.hpp"
#include "models/nn/train_options.hpp"

namespace jury {
namespace {

using Made = std::unique_ptr<Optimizer>;

constexpr double kUsualMomentum = 0.9;

// 0 stands for the optimizer's own.
double or_usual(double value, double usual) noexcept { return value > 0 ? value : usual; }

Made make_sgd(const TrainOptions& options, std::size_t num_params) {
  if (options.momentum > 0) return std::make_unique<Momentum>(options.momentum, num_params);
  return std::make_unique<Sgd>();
}

Made make_momentum(const TrainOptions& options, std::size_t num_params) {
  return std::make_unique<Momentum>(or_usual(options.momentum, kUsualMomentum), num_params);
}

Made make_nesterov(const TrainOptions& options, std::size_t num_params) {
  return std::make_unique<Nesterov>(or_usual(options.momentum, kUsualMomentum), num_params);
}

Made make_adam(const TrainOptions& options, std::size_t num_params) {
  return std::make_unique<Adam>(
      AdamOptions{.beta1 = options.beta1, .beta2 = options.beta2, .epsilon = or_usual(options.epsilon, 1e-8)},
      num_params);
}

Made make_adagrad(const TrainOptions& options, std::size_t num_params) {
  return std::make_unique<Adagrad>(or_usual(options.epsilon, 1e-10), num_params);
}

Made make_adadelta(const TrainOptions& options, std::size_t num_params) {
  return std::make_unique<Adadelta>(
      AdadeltaOptions{.rho = or_usual(options.rho, 0.9), .epsilon = or_usual(options.epsilon, 1e-6)}, num_params);
}

Made make_rmsprop(const TrainOptions& options, std::size_t num_params) {
  return std::make_unique<Rmsprop>(
      RmspropOptions{
          .rho = or_usual(options.rho, 0.99), .epsilon = or_usual(options.epsilon, 1e-8), .momentum = options.momentum},
      num_params);
}

Made make_rprop(const TrainOptions& options, std::size_t num_params) {
  return std::make_unique<Rprop>(options.lr, num_params);
}

}  // namespace

std::span<const Entry<OptimizerKind>> optimizers() noexcept {
  static constexpr Entry<OptimizerKind> table[] = {
      {"sgd", "gradient descent; with train.momentum as momentum", {make_sgd, 1}},
      {"momentum", "gradient descent with momentum (0.9)", {make_momentum, 1}},
      {"nesterov", "momentum with the gradient of the next place (0.9)", {make_nesterov, 1}},
      {"adam", "Kingma and Ba 2015", {make_adam, 2}},
      {"adamw", "adam with decoupled weight decay, Loshchilov and Hutter 2019", {make_adam, 2, true}},
      {"adagrad", "Duchi, Hazan, Singer 2011", {make_adagrad, 1}},
      {"adadelta", "Zeiler 2012; train.lr scales its step (1 as published)", {make_adadelta, 2}},
      {"rmsprop", "Tieleman and Hinton 2012; with train.momentum", {make_rmsprop, 2}},
      {"rprop", "Riedmiller and Braun 1993, steps by sign, for full batches", {make_rprop, 2}},
  };
  return table;
}

void save_kind(ByteWriter& writer, std::string_view kind) { writer.add(kind); }

void load_kind(ByteReader& reader, std::string_view kind) {
  if (const std::string stored = reader.text(); stored != kind)
    throw DataError(
        fmt::format("an optimizer's state is of '{}', not '{}' (a checkpoint of another training)", stored, kind));
}

void save_block(ByteWriter& writer, const AlignedBlock& block) {
  writer.add(std::vector<float>(block.data(), block.data() + block.size()));
}

void load_block(ByteReader& reader, const AlignedBlock& block) {
  const std::vector<float> values = reader.vector<float>();
  if (values.size() != block.size())
    throw DataError("an optimizer's state has another size (a checkpoint of another training)");
  std::copy(values.begin(), values.end(), block.data());
}

std::vector<std::string_view> optimizer_names() { return names(optimizers()); }

std::unique_ptr<Optimizer> make_optimizer(const TrainOptions& options, std::size_t num_params) {
  return find(optimizers(), "optimizer", options.optimizer).make(options, num_params);
}

}  // namespace jury
