// What a training step is fed: rows of the dataset as a plan wants them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "models/nn/head.hpp"
#include "models/nn/input_gather.hpp"
#include "models/nn/plan.hpp"
#include "models/nn/train.hpp"

namespace jury {

/// Whether classes are given to the loss as a distribution per row: for every loss but plain
/// cross_entropy, and where labels are smoothed or rows mixed. False for regression.
bool needs_soft_targets(const TrainOptions& options, std::string_view resolved_loss, TaskKind task);

/// What a regression learns of each row of the dataset, (rows, targets): the set's targets, or the dataset's own.
std::span<const double> targets_of(const TrainingSet& set) noexcept;

/// Throws DataError naming the first value that the head cannot mean: rates need targets of at least
/// 0, probabilities (sigmoid) targets in [0, 1]. Nothing to check for classes. O(rows). `targets`: in place of
/// the dataset's, where they are others.
void check_targets(const Dataset& dataset, std::span<const std::uint32_t> rows, Head head,
                   std::span<const double> targets = {});

/// Throws ConfigError when options of classes (train.class_weights, train.label_smoothing) do not
/// suit what is learned.
void check_class_options(const TrainOptions& options, TaskKind task, const Dataset& dataset);

/// Fills a plan's batch from draws: inputs, labels or targets, weights. Soft targets are
///
///   t_c = (1 - e) [c = label] + e / K      e = train.label_smoothing, K classes (Szegedy et al. 2016)
///
/// Targets of regression are scaled where the set has a scaler. A row's weight is its own times its
/// class's, normalised to mean 1 over the draws.
class BatchFiller {
 public:
  /// `set` must outlive it; `batch` is the most rows that are filled at once. Throws ConfigError and
  /// DataError as the checks above, and DataError when the weights sum to nothing.
  BatchFiller(const TrainingSet& set, const NetworkSpec& spec, const TrainOptions& options, std::size_t batch);

  /// Expects at most as many draws, indices into set.rows, as the plan has rows; rows beyond them repeat
  /// the first draw with a weight of 0.
  void fill(Plan& plan, std::span<const std::uint32_t> draws);

  const InputGather& inputs() const noexcept { return inputs_; }

 private:
  void fill_classes(Plan& plan, std::span<const std::uint32_t> rows) const;
  void fill_values(Plan& plan, std::span<const std::uint32_t> rows) const;

  const TrainingSet& set_;
  std::span<const double> targets_;
  double smoothing_;
  std::vector<float> weights_;  // one per draw; empty: all 1
  std::vector<std::uint32_t> rows_;
  InputGather inputs_;
};

}  // namespace jury
