// How a network does on rows held out of its training, an epoch at a time.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/metrics/scores.hpp"
#include "models/nn/batch_filler.hpp"
#include "models/nn/early_stopping.hpp"

namespace jury {

/// What the plan is compiled for that measures held-out rows, in blocks as predict() has them.
PlanOptions evaluation_options(const NetworkSpec& spec, const TrainOptions& options);

/// The loss and every score of the task on the validation rows of one training.
class Validation {
 public:
  /// `set` holds the validation rows; plans are taken from the cache. What is referred to must outlive
  /// it. Throws ConfigError when options.early_stopping names a score that is not of the task.
  Validation(const TrainingSet& set, const NetworkSpec& spec, const TrainOptions& options, PlanCache& plans);

  struct Values {
    double loss = 0;             ///< weighted mean of the training's loss
    std::vector<double> scores;  ///< of metrics(), in their order
  };
  /// Of these parameters, in inference.
  Values measure(std::span<const float> params);

  std::span<const Metric* const> metrics() const noexcept { return metrics_; }
  /// What early stopping looks at, and whether less of it is better.
  double watched(const Values& values) const;
  Better better() const noexcept;

 private:
  const TrainingSet& set_;
  BatchFiller filler_;
  std::shared_ptr<Plan> plan_;
  double quantile_;
  std::vector<const Metric*> metrics_;
  std::optional<std::size_t> watched_;  // in metrics_; none: the loss
  std::vector<float> predictions_;
  std::vector<std::int32_t> labels_;
  std::vector<double> values_;
};

/// Throws ConfigError when options.early_stopping names a score that is not of the task, or a rule that
/// does not suit it.
void check_early_stopping(const NetworkSpec& spec, const TrainOptions& options);

/// Draws of a training cut into those that train and those that validate: the file's own validation
/// part where the dataset has one, else train.early_stopping.fraction of the rows, drawn from the
/// stream `key`; of each class its share, unless the set has targets of its own.
HeldOut validation_split(const TrainingSet& set, const EarlyStoppingOptions& options, std::uint64_t key);

}  // namespace jury
