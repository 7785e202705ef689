#include "models/nn/epoch_steps.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/nn/layer.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

// The least rows of a batch that every layer can train on.
std::size_t least_rows(const Network& network) {
  std::int32_t least = 1;
  for (const Network::Node& node : network.nodes())
    if (node.trains()) least = std::max(least, node.layer->least_rows(node.src()));
  return static_cast<std::size_t>(least);
}

}  // namespace

std::size_t batch_rows(const TrainOptions& options, std::size_t num_draws) noexcept {
  if (!options.batch.word.empty()) return num_draws;
  return std::min(static_cast<std::size_t>(options.batch.number), num_draws);
}

EpochSteps::EpochSteps(const Network& network, const TrainOptions& options, std::size_t num_draws)
    : draws(num_draws), batch(batch_rows(options, num_draws)), rest(num_draws % batch) {
  const std::size_t least = least_rows(network);
  if (batch < least)
    throw ConfigError(
        fmt::format("a batch of {} is too small (batch normalisation needs at least {}; choose a larger train.batch)",
                    counted(batch, "row"), least));
  if (rest < least) {
    draws -= rest;
    rest = 0;
  }
}

}  // namespace jury
