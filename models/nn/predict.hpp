// What a trained network says of rows.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "models/nn/network.hpp"
#include "models/nn/plan_cache.hpp"

namespace jury {

class Dataset;
class Pipeline;
struct TargetScaler;

/// One pass of Monte-Carlo dropout (Gal, Ghahramani 2016): predictions of a network drawn at random, a member of an
/// ensemble. dropout and dropout2d drop as in training; all other layers are as in any prediction.
struct DropoutPass {
  std::uint64_t key = 0;          ///< of its stream; not one that a training used
  std::uint32_t pass = 0;         ///< other passes have other masks
  std::uint32_t first_block = 0;  ///< the number that the dataset's first block goes by
};

/// A trained network and what was fitted with it. Everything referred to must outlive its use.
struct TrainedNetwork {
  const NetworkSpec& spec;
  std::span<const float> weights;  ///< canonical dense
  const Pipeline& pipeline;
  const TargetScaler* target_scaler = nullptr;  ///< only where regression targets are scaled
  std::optional<DropoutPass> dropout = {};      ///< none: nothing is dropped
};

/// Whether any layer drops values, that is passes of Monte-Carlo dropout differ. Throws as Network does.
bool has_dropout(const NetworkSpec& spec);

/// Rows of one block of inference; see predict().
inline constexpr std::size_t kPredictBlock = 64;

/// Fills out[i] for the dataset's row rows[i]: (rows.size(), outputs), row-major: class
/// probabilities, or values in the units of the targets, as apply_head() has them. Rows may be in any
/// order, with repeats.
///
/// The network always runs on whole blocks of kPredictBlock rows aligned to the row number: row r is
/// row r % kPredictBlock of its block, whatever else is asked for. Bits depend on shapes and places,
/// so any subset of rows gets the bits that all rows would. A sparse subset therefore costs up to
/// as much as the blocks it touches.
///
/// The masks of a pass of Monte-Carlo dropout are a function of (key, pass, layer, block, place in the block),
/// so what is said of subsets holds for each pass. Throws ConfigError when there is to be dropout and the network has
/// none.
///
/// Expects weights.size() == num_parameters(spec).
void predict(const TrainedNetwork& network, const Dataset& dataset, std::span<const std::uint32_t> rows,
             PlanCache& plans, std::span<float> out);

}  // namespace jury
