// One training under way: what train() runs.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "models/nn/adversarial.hpp"
#include "models/nn/epoch_steps.hpp"
#include "models/nn/gradient_rules.hpp"
#include "models/nn/step_inputs.hpp"
#include "models/nn/training_state.hpp"
#include "models/nn/validation.hpp"
#include "models/nn/weight_changes.hpp"

namespace jury {

/// The rows that are trained on, and those held out of them by early stopping.
struct TrainingParts {
  TrainingParts(const TrainingSet& set, const TrainOptions& options, std::uint64_t key);
  TrainingParts(const TrainingParts&) = delete;
  TrainingParts& operator=(const TrainingParts&) = delete;

  HeldOut split;
  std::vector<float> weights;
  std::optional<TrainingSet> training, validation;
};

/// Made for one run(). Everything it is given must outlive it. Throws as train().
class TrainingRun {
 public:
  TrainingRun(const NetworkSpec& spec, const TrainOptions& options, const TrainingSet& set, const TrainStreams& streams,
              const TrainContext& context);

  TrainResult run();

 private:
  void set_up_state();
  std::shared_ptr<Plan> plan_for(std::size_t rows);
  void bind();

  std::span<float> params() noexcept { return state_.params.span(); }
  std::span<const float> weights() const noexcept { return state_.params.span().first(network_.num_parameters()); }
  std::int32_t epochs_to_run() const noexcept;
  bool at_last_step() const noexcept { return options_.max_steps > 0 && state_.steps >= options_.max_steps; }
  bool is_done() const noexcept { return state_.ended || state_.epochs >= options_.epochs || at_last_step(); }
  double rate() const;

  /// Loss and gradients at the present weights, of the batch in the plan.
  double gradients(Plan& plan);
  void move(double lr);
  /// False when the loss or a weight stopped being finite.
  bool run_epoch();
  /// False when the loss of the held-out rows is not finite.
  bool validate(EpochRecord& record);
  /// The mean weights; statistics of batches are taken anew, by a pass over the training rows.
  std::vector<float> averaged();
  TrainResult result(TrainStatus status);

  Network network_;
  const TrainOptions& options_;
  TrainStreams streams_;
  const TrainContext& context_;
  TrainingParts parts_;
  TrainingSet set_;
  EpochSteps steps_;
  StepInputs inputs_;
  GradientRules rules_;
  WeightNoise noise_;
  LayerRates rates_;
  std::vector<std::uint32_t> draws_;
  AlignedBlock grads_, clean_grads_;
  std::optional<Adversary> adversary_;
  std::optional<Validation> validation_;
  std::shared_ptr<Plan> full_, partial_;
  TrainingState state_;
};

}  // namespace jury
