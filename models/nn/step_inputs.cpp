#include "models/nn/step_inputs.hpp"

#include <algorithm>

#include "models/nn/noise.hpp"
#include "runtime/base/error.hpp"

namespace jury {

void check_codes(const NetworkSpec& spec, const TrainOptions& options) {
  const bool embeds =
      std::ranges::any_of(spec.layers, [](const LayerSpec& layer) { return layer.type == "embedding"; });
  if (embeds && options.input_noise > 0)
    throw ConfigError(
        "train.input_noise does not go with an embedding (a code with noise is another code) put a "
        "gaussian_noise layer behind it");
  if (embeds && options.mixup > 0)
    throw ConfigError(
        "train.mixup does not go with an embedding (a mix of two codes is a third) use label_smoothing or dropout");
}

StepInputs::StepInputs(const TrainingSet& set, const NetworkSpec& spec, const TrainOptions& options, std::size_t batch)
    : filler_(set, spec, options, batch),
      mixer_(options, spec.input, spec.task),
      noise_(options.input_noise),
      batch_(batch) {
  check_codes(spec, options);
  if (options.augment) augmenter_.emplace(*options.augment, spec.input);
}

void StepInputs::fill(Plan& plan, std::span<const std::uint32_t> draws, const TrainStreams& streams,
                      std::int64_t step) {
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
