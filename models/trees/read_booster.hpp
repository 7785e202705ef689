// From xgboost's own form of a model to ours.
#pragma once

#include <cstddef>
#include <span>

#include "models/data/target_scaler.hpp"
#include "models/trees/tree_model.hpp"
#include "models/trees/tree_targets.hpp"

namespace jury {

/// What a booster's bytes do not say, or not in our words.
struct BoosterFacts {
  const TreeTargets& targets;
  const TargetScaler& scaler;
  std::size_t inputs;
  std::size_t trees_per_round;  ///< for each sum
  std::size_t rounds;           ///< those that count; trees of later ones are left out
};

/// Reads Universal Binary JSON as xgboost 1.7 and later write it. Throws Error when it is something else.
TreeModel read_booster(std::span<const std::byte> bytes, const BoosterFacts& facts);

}  // namespace jury
