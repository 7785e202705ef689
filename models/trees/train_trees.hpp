// One training of boosted trees: from rows to a model.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "models/data/dataset.hpp"
#include "models/trees/tree_options.hpp"
#include "runtime/base/bytes.hpp"
#include "runtime/base/stop.hpp"

namespace jury {

class Pipeline;

/// "1.7.4": the xgboost library this process runs with; "" in a build without one.
std::string xgboost_version();

/// Throws ConfigError in a build without xgboost.
void require_xgboost();

/// What is learned from. Everything referred to must outlive the training.
struct TreeTrainingSet {
  const Dataset& dataset;
  const Pipeline& pipeline;
  std::span<const std::uint32_t> rows;  ///< draws, with repeats
  /// One per draw, scaling its loss; normalised here to mean 1. Empty: all equal.
  std::span<const float> weights = {};
  /// (rows.size(), outputs): values to learn in place of the dataset's labels or targets. Empty: those.
  std::span<const double> targets = {};
  /// Rows held out of `rows`, each once and weighing 1, whose loss ends the rounds. Empty: all rounds run.
  std::span<const std::uint32_t> validation = {};
};

/// What a training depends on beside its settings and rows.
struct TreeContext {
  std::uint64_t key;               ///< stream_key: which draws and features are sampled
  int threads = 1;                 ///< bits may depend on it
  const StopFlag* stop = nullptr;  ///< read between rounds
};

/// Losses after a round: with classes the mean -log p(y) in nats, with values the mean squared error, in
/// deviations of the training targets.
struct RoundRecord {
  double train_loss = 0;                                         ///< weighted mean over the draws
  double valid_loss = std::numeric_limits<double>::quiet_NaN();  ///< NaN without validation rows
};

struct TrainedTrees {
  Bytes model;                     ///< of TreeModel; empty when stopped
  std::vector<RoundRecord> curve;  ///< one per round run
  std::int32_t best_round = 0;     ///< rounds in the model: up to the least held-out loss, else all
  bool stopped = false;            ///< asked to, between rounds
};

/// Trains trees on what the pipeline makes of the rows, with xgboost: logistic loss with two classes,
/// softmax with more, squared loss with values. Values are centred and scaled by the weighted mean and
/// deviation of the draws' targets, so that settings mean the same in any unit; several targets get
/// trees each, in one model. A pipeline may leave cells NaN: each split sends them to the side that
/// lowers the loss.
///
/// With validation rows training ends after options.patience rounds without a smaller loss of theirs.
///
/// The same arguments give the same bytes on one instruction set and number of threads: what is random
/// follows from the key and the round. O(rounds * outputs * rows * inputs) and, with hist, a sum over all bins for
/// each node; holds at most about estimate_tree_bytes(). OpenMP's settings of the caller stay as they are.
///
/// Throws ConfigError in a build without xgboost; DataError when there are no rows, the weights sum to
/// nothing, or an input is infinite. Expects weights and targets (if any) for each of the rows, and not
/// both targets and validation rows.
TrainedTrees train_trees(const TreeOptions& options, const TreeTrainingSet& set, const TreeContext& context);

struct TreeSize {
  std::size_t rows, inputs, outputs;
};

/// Bytes a training holds at most beside the data, if every tree is as deep as it may be; README.md
/// compares it with what was measured.
std::size_t estimate_tree_bytes(const TreeOptions& options, const TreeSize& size);

}  // namespace jury
