#include "models/nn/optimizer.hpp"

#include <algorithm>

#include "models/nn/adam.hpp"
#include "models/nn/sgd.hpp"
#include "models/nn/train_options.hpp"

namespace jury {
namespace {

using Made = std::unique_ptr<Optimizer>;

constexpr double kUsualMomentum = 0.9;

Made make_sgd(const TrainOptions& options, std::size_t num_params) {
  if (options.momentum > 0) return std::make_unique<Momentum>(options.momentum, num_params);
  return std::make_unique<Sgd>();
}

Made make_momentum(const TrainOptions& options, std::size_t num_params) {
  const double momentum = options.momentum > 0 ? options.momentum : kUsualMomentum;
  return std::make_unique<Momentum>(momentum, num_params);
}

Made make_adam(const TrainOptions& options, std::size_t num_params) {
  return std::make_unique<Adam>(
      AdamOptions{.beta1 = options.beta1,
                  .beta2 = options.beta2,
                  .epsilon = options.epsilon > 0 ? options.epsilon : 1e-8},
      num_params);
}

}  // namespace

std::span<const Entry<OptimizerKind>> optimizers() noexcept {
  static constexpr Entry<OptimizerKind> table[] = {
      {"sgd", "gradient descent; with train.momentum as momentum", {make_sgd, 1}},
      {"momentum", "gradient descent with momentum (0.9)", {make_momentum, 1}},
      {"adam", "Kingma and Ba 2015", {make_adam, 2}},
  };
  return table;
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
