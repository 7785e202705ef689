// How an epoch is cut into steps.
#pragma once

#include <cstddef>
#include <cstdint>

#include "models/nn/network.hpp"
#include "models/nn/train_options.hpp"

namespace jury {

/// Batches of train.batch draws and a smaller last one, which is left out where a layer needs more rows
/// than it has.
struct EpochSteps {
  /// Expects num_draws > 0. Throws ConfigError when a whole batch is too small for a layer.
  EpochSteps(const Network& network, const TrainOptions& options, std::size_t num_draws);

  std::size_t draws = 0;  ///< of an epoch that are used
  std::size_t batch = 0;
  std::size_t rest = 0;  ///< rows of the last batch when it is smaller

  std::int64_t per_epoch() const noexcept { return static_cast<std::int64_t>(draws / batch + (rest > 0 ? 1 : 0)); }
};

}  // namespace jury
