// One training: from rows and streams to weights.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "models/nn/network.hpp"
#include "models/nn/plan_cache.hpp"
#include "models/nn/train_options.hpp"
#include "runtime/base/bytes.hpp"
#include "runtime/base/stop.hpp"

namespace jury {

class Dataset;
class Pipeline;
struct TargetScaler;

/// What is learned from. Everything referred to must outlive the training.
struct TrainingSet {
  const Dataset& dataset;
  const Pipeline& pipeline;
  /// Draws: row numbers, with repeats. An epoch is as many draws as there are here, less those that
  /// early stopping holds out.
  std::span<const std::uint32_t> rows;
  /// One per draw, scaling its loss; normalised here to mean 1. Empty: all equal.
  std::span<const float> weights = {};
  /// Regression: what the targets are scaled by; null where the head has targets as they are
  /// (scales_targets()), and for classification.
  const TargetScaler* target_scaler = nullptr;
  /// Regression on values that are not the dataset's, which then may also be of classes (spec.task is what counts):
  /// (dataset.rows(), targets), of which `rows` are read. Empty: the dataset's own.
  std::span<const double> targets = {};
};

/// Keys (stream_key) of the random streams of one training.
struct TrainStreams {
  std::uint64_t init = 0;
  std::uint64_t shuffle = 0;
  std::uint64_t dropout = 0;
  std::uint64_t augment = 0;         ///< images, mixup, CutMix
  std::uint64_t noise = 0;           ///< inputs and weights
  std::uint64_t early_stopping = 0;  ///< the rows held out
};

/// Where a training starts, what it uses, and when it ends before its time.
struct TrainContext {
  PlanCache& plans;
  const StopFlag& stop;                        ///< read between epochs
  std::span<const float> initial = {};         ///< first weights; empty: the network's own
  std::span<const std::byte> checkpoint = {};  ///< of the same training: it goes on there
  /// Given a checkpoint every options.checkpoint_epochs epochs.
  std::function<void(const Bytes&)> save = {};
  /// Pause after this epoch of options.epochs, to be scored and perhaps gone on with; 0: no pause.
  std::int32_t until_epoch = 0;
};

enum class TrainStatus : std::uint8_t {
  completed,
  diverged,  ///< the loss or a weight stopped being finite; a result, not an error
  stopped,   ///< asked to, at an epoch boundary
  paused,    ///< at TrainContext::until_epoch: a result as far as it goes
};

struct EpochRecord {
  double train_loss = 0;  ///< weighted mean over the draws, each before its step; without the decay terms
  double lr = 0;          ///< of its last step
  double valid_loss = std::numeric_limits<double>::quiet_NaN();  ///< NaN without early stopping
  std::vector<double> valid_scores = {};                         ///< of TrainResult::metrics
};

struct TrainResult {
  TrainStatus status = TrainStatus::completed;
  /// Canonical dense (Network::tensors()): those to predict with, that is the best by early stopping,
  /// the mean by averaging, else the last; empty when diverged.
  std::vector<float> weights;
  std::vector<float> latest;         ///< after the last epoch; empty where they are the same
  std::vector<EpochRecord> curve;    ///< one per epoch run; finite (the diverged epoch is left out)
  std::vector<std::string> metrics;  ///< names of EpochRecord::valid_scores
  std::int32_t epochs = 0;           ///< begun; when diverged, the epoch (from 1) in which it did
  std::int32_t best_epoch = 0;       ///< whose weights predict; the last one without early stopping
  std::int64_t steps = 0;
  Bytes checkpoint;  ///< when stopped, and with until_epoch: what TrainContext takes
};

/// Trains the network for options.epochs epochs or options.max_steps steps, or until early stopping ends
/// it. An epoch is a fresh shuffle of the draws (its place in the stream follows from the epoch alone),
/// cut into batches in order; the last one may be smaller, and its gradient is the mean over its own
/// rows. It is left out where the network needs more rows (one row with batch normalisation).
///
/// The gradient is that of mean_i w_i loss_i + weight_decay / 2 |weights|^2 + l1 |weights|_1 (biases
/// left out). With adversarial examples it is the mean over the inputs and those examples; the loss
/// that is recorded is that of the inputs.
///
/// The same arguments give the same bits on one instruction set and thread count (use_threads),
/// stopped and continued as often as one likes. Besides the plans of the cache it holds the weights,
/// the gradients and the optimizer's state, each 4 bytes a parameter.
///
/// Throws ConfigError when options do not suit the network, its input or the task; DataError when
/// there are no rows, the weights sum to nothing, or the checkpoint is of another training. Expects
/// pipeline.width() inputs, weights (if any) as many as rows.
TrainResult train(const NetworkSpec& spec, const TrainOptions& options, const TrainingSet& set,
                  const TrainStreams& streams, const TrainContext& context);

/// What the plans of a training are compiled for. Throws ConfigError as train().
PlanOptions plan_options(const NetworkSpec& spec, const TrainOptions& options, std::size_t rows);

/// Throws ConfigError for all that can be known without rows: losses, schedules and steps that do not
/// suit the network, bf16 on a processor without it, a batch too small.
void check_training(const NetworkSpec& spec, const TrainOptions& options, const Dataset& dataset);

/// Bytes a training needs beside the data: its plans, weights, gradients, optimizer state and result. Compiles
/// the plans (milliseconds). Code, which oneDNN generates, and small things are in it as measured: the
/// resident set of mlps and cnns grew by this to within 15 % (tools/bench/README.md).
std::size_t estimate_training_bytes(const NetworkSpec& spec, const TrainOptions& options, std::size_t num_rows);

}  // namespace jury
