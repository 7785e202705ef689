// The state of a training between two epochs.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "models/nn/aligned_block.hpp"
#include "models/nn/averaging.hpp"
#include "models/nn/early_stopping.hpp"
#include "models/nn/optimizer.hpp"
#include "models/nn/train.hpp"
#include "runtime/base/rng.hpp"

namespace jury {

/// All that an epoch starts from: saved and loaded, a training goes on bit for bit.
struct TrainingState {
  AlignedBlock params;
  std::unique_ptr<Optimizer> optimizer;
  Rng shuffle{0};
  std::optional<EarlyStopping> stopping;
  std::vector<float> best;  ///< weights of the best epoch so far; empty before there is one
  std::optional<WeightAverage> average;
  std::int32_t epochs = 0;
  std::int64_t steps = 0;
  std::vector<EpochRecord> curve;
  bool ended = false;  ///< by early stopping

  Bytes save() const;
  /// Expects a state made for the same training. Throws DataError when the bytes are of another or damaged.
  void load(std::span<const std::byte> bytes);
};

}  // namespace jury
