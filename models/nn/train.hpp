// One training: from rows and streams to weights.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/nn/network.hpp"
#include "models/nn/plan_cache.hpp"
#include "models/nn/train_options.hpp"
#include "runtime/base/stop.hpp"

namespace jury {

class Dataset;
class Pipeline;
struct TargetScaler;

/// What is learned from. Everything referred to must outlive the training.
struct TrainingSet {
  const Dataset& dataset;
  const Pipeline& pipeline;
  /// Draws: row numbers, with repeats. An epoch is as many draws as there are here.
  std::span<const std::uint32_t> rows;
  /// One per draw, scaling its loss; normalised here to mean 1. Empty: all equal.
  std::span<const float> weights = {};
  /// Regression: what the targets are scaled by. Null for classification.
  const TargetScaler* target_scaler = nullptr;
};

/// Keys (stream_key) of the random streams of one training.
struct TrainStreams {
  std::uint64_t init = 0;
  std::uint64_t shuffle = 0;
  std::uint64_t dropout = 0;
};

enum class TrainStatus : std::uint8_t {
  completed,
  diverged,  ///< the loss or a weight stopped being finite; a result, not an error
  stopped,   ///< asked to, at an epoch boundary
};

struct EpochRecord {
  double train_loss = 0;  ///< weighted mean over the draws, each before its step; without the L2 term
  double lr = 0;          ///< of its last step
};

struct TrainResult {
  TrainStatus status = TrainStatus::completed;
  std::vector<float> weights;      ///< canonical dense (Network::tensors()); empty when diverged
  std::vector<EpochRecord> curve;  ///< one per epoch run; finite (the diverged epoch is left out)
  std::int32_t epochs = 0;         ///< begun; when diverged, the epoch (from 1) in which it did
  std::int64_t steps = 0;
};

/// Trains the network for options.epochs epochs or options.max_steps steps. An epoch is a fresh
/// shuffle of the draws (its place in the stream follows from the epoch alone), cut into batches in
/// order; the last one may be smaller, and its gradient is the mean over its own rows.
///
/// The gradient is that of mean_i w_i loss_i + weight_decay / 2 |weights|^2 (biases left out).
///
/// The same arguments give the same bits on one instruction set and thread count (use_threads).
/// `stop` is read between epochs. Besides the plans of the cache it holds the weights, the gradients
/// and the optimizer's state, each 4 bytes a parameter.
///
/// Throws ConfigError when the loss does not suit the task; DataError when there are no rows or the
/// weights sum to nothing. Expects pipeline.width() inputs, weights (if any) as many as rows.
TrainResult train(const NetworkSpec& spec, const TrainOptions& options, const TrainingSet& set,
                  const TrainStreams& streams, PlanCache& plans, const StopFlag& stop);

/// Bytes a training needs beside the data: both its plans, weights, gradients, optimizer state. What
/// oneDNN keeps (generated code, packing buffers: about 1 MB a plan) is not in it.
std::size_t estimate_training_bytes(const NetworkSpec& spec, const TrainOptions& options, std::size_t num_rows);

}  // namespace jury
