#include "models/nn/step_inputs.hpp"

#include "models/nn/noise.hpp"

namespace jury {

StepInputs::StepInputs(const TrainingSet& set, const NetworkSpec& spec, const TrainOptions& options, std::size_t batch)
    : filler_(set, spec, options, batch), mixer_(options, spec.input, spec.task), noise_(options.input_noise), batch_(batch) {
  if (options.augment) augmenter_.emplace(*options.augment, spec.input);
}

void StepInputs::fill(Plan& plan, std::span<const std::uint32_t> draws, const TrainStreams& streams, std::int64_t step) {
  const auto number = static_cast<std::uint64_t>(step);
  filler_.fill(plan, draws);
  if (augmenter_) augmenter_->apply(plan.input().data(), draws.size(), streams.augment, number * batch_);
  if (mixer_.active())
    mixer_.apply({.inputs = plan.input().data(),
                  .targets = plan.targets().data(),
                  .row_weights = plan.row_weights().data(),
                  .rows = draws.size(),
                  .outputs = plan.targets().size() / draws.size()},
                 streams.augment, number);
  if (noise_ > 0)
    add_normal_noise({.key = streams.noise,
                      .step = number,
                      .lane = 0,
                      .deviation = noise_,
                      .values = plan.input().data(),
                      .size = plan.input().size()});
}

}  // namespace jury
