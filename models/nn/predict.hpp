// What a trained network says of rows.
#pragma once

#include <cstdint>
#include <span>

#include "models/nn/network.hpp"
#include "models/nn/plan_cache.hpp"

namespace jury {

class Dataset;
class Pipeline;
struct TargetScaler;

/// A trained network and what was fitted with it. Everything referred to must outlive its use.
struct TrainedNetwork {
  const NetworkSpec& spec;
  std::span<const float> weights;  ///< canonical dense
  const Pipeline& pipeline;
  const TargetScaler* target_scaler = nullptr;  ///< only where regression targets are scaled
};

/// Rows of one block of inference; see predict().
inline constexpr std::int32_t kPredictBlock = 64;

/// Fills out[i] for the dataset's row rows[i]: (rows.size(), outputs), row-major: class
/// probabilities, or values in the units of the targets, as apply_head() has them. Rows may be in any
/// order, with repeats.
///
/// The network always runs on whole blocks of kPredictBlock rows aligned to the row number: row r is
/// row r % kPredictBlock of its block, whatever else is asked for. Bits depend on shapes and places,
/// so any subset of rows gets the bits that all rows would. A sparse subset therefore costs up to
/// as much as the blocks it touches.
///
/// Expects weights.size() == num_parameters(spec).
void predict(const TrainedNetwork& network, const Dataset& dataset, std::span<const std::uint32_t> rows,
             PlanCache& plans, std::span<float> out);

}  // namespace jury
