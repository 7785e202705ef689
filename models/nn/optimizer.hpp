// How parameters move along their gradients.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "models/nn/aligned_block.hpp"
#include "models/nn/table.hpp"
#include "runtime/base/bytes.hpp"

namespace jury {

struct TrainOptions;

/// The rule of one training, with its state. Parameters and gradients are flat, 64-byte aligned and
/// padded with zeros to whole vectors (aligned_block.hpp), so that a step is one pass.
class Optimizer {
 public:
  virtual ~Optimizer() = default;
  /// Moves each parameter one step at the learning rate `lr`. Expects params.size() == grads.size() ==
  /// the size it was made for.
  virtual void step(std::span<float> params, std::span<const float> grads, double lr) = 0;
  /// Its state, so that a training continues bit for bit. load() Throws DataError when the bytes are
  /// not of such an optimizer.
  virtual void save(ByteWriter& writer) const = 0;
  virtual void load(ByteReader& reader) = 0;
};

/// What an optimizer's state begins with, and its check. load_kind() Throws DataError when the state is
/// that of another one.
void save_kind(ByteWriter& writer, std::string_view kind);
void load_kind(ByteReader& reader, std::string_view kind);

/// One block of an optimizer's state as bytes and back. load_block() Throws DataError when the size is
/// another.
void save_block(ByteWriter& writer, const AlignedBlock& block);
void load_block(ByteReader& reader, const AlignedBlock& block);

/// How to build an optimizer for a padded block, and the floats of state it keeps per parameter (with
/// momentum, where that is an option).
struct OptimizerKind {
  std::unique_ptr<Optimizer> (*make)(const TrainOptions& options, std::size_t num_params);
  std::size_t state_per_parameter = 0;
  /// train.weight_decay shrinks the weights themselves instead of joining their gradients:
  /// GradientRules::decay().
  bool decoupled_decay = false;
};

/// Every optimizer there is; README.md says how to add one.
std::span<const Entry<OptimizerKind>> optimizers() noexcept;
std::vector<std::string_view> optimizer_names();

/// The optimizer that options.optimizer names. Throws ConfigError when there is none of that name.
std::unique_ptr<Optimizer> make_optimizer(const TrainOptions& options, std::size_t num_params);

}  // namespace jury
