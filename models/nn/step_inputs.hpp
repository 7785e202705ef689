// What each step is fed: a batch, with all that train.augment, mixup, cutmix and input_noise do to it.
#pragma once

#include <optional>

#include "models/nn/augment.hpp"
#include "models/nn/batch_filler.hpp"
#include "models/nn/mix.hpp"

namespace jury {

/// Throws ConfigError when train.input_noise or train.mixup would change codes that the network embeds.
void check_codes(const NetworkSpec& spec, const TrainOptions& options);

/// Every change is a function of (streams, step, place in the batch) alone.
class StepInputs {
 public:
  /// Throws ConfigError where an option does not suit the network's input or the task.
  StepInputs(const TrainingSet& set, const NetworkSpec& spec, const TrainOptions& options, std::size_t batch);

  /// Expects as many draws as the plan has rows, at most `batch`.
  void fill(Plan& plan, std::span<const std::uint32_t> draws, const TrainStreams& streams, std::int64_t step);

 private:
  BatchFiller filler_;
  std::optional<Augmenter> augmenter_;
  Mixer mixer_;
  double noise_;
  std::size_t batch_;
};

}  // namespace jury
