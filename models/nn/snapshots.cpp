#include "models/nn/snapshots.hpp"

#include <fmt/format.h>

#include <cmath>

#include "runtime/base/error.hpp"

namespace jury {

std::vector<std::int32_t> snapshot_epochs(const TrainOptions& options) {
  const double period = options.lr_period;
  if (options.schedule != "cosine_restarts")
    throw ConfigError(fmt::format("train.schedule = '{}' gives no snapshots (it has no cycles) use cosine_restarts", options.schedule));
  if (options.lr_growth != 1)
    throw ConfigError(fmt::format("train.lr_growth = {} makes cycles of unequal length (snapshots need 1)", options.lr_growth));
  if (period < 1 || period != std::floor(period))
    throw ConfigError(fmt::format("train.lr_period = {} ends cycles within an epoch (snapshots need a whole number of epochs)", period));
  if (period > options.epochs)
    throw ConfigError(fmt::format("train.lr_period = {} is longer than train.epochs = {} (there is no whole cycle)", period, options.epochs));
  if (options.max_steps > 0)
    throw ConfigError(fmt::format("train.max_steps = {} may end a cycle early (snapshots need whole ones) use train.epochs", options.max_steps));
  if (options.early_stopping)
    throw ConfigError("train.early_stopping may end the training within a cycle (snapshots need whole ones)");
  std::vector<std::int32_t> epochs;
  const auto cycle = static_cast<std::int32_t>(period);
  for (std::int32_t end = cycle; end <= options.epochs; end += cycle) epochs.push_back(end);
  return epochs;
}

}  // namespace jury
