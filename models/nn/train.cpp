#include "models/nn/train.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/data/dataset.hpp"
#include "models/nn/flush_denormals.hpp"
#include "models/nn/loss.hpp"
#include "models/nn/session.hpp"
#include "models/nn/training_run.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

// Measured: operations, lists and small primitives of a training; and, once however many there are, the code that
// oneDNN makes and loads for convolutions.
constexpr std::size_t kTrainingBytes = std::size_t{200} << 10;
constexpr std::size_t kConvolutionBytes = std::size_t{3200} << 10;

std::size_t code_bytes(const Network& network) {
  const bool convolves =
      std::ranges::any_of(network.tensors(), [](const Tensor& tensor) { return tensor.shape.size() > 2; });
  return kTrainingBytes + (convolves ? kConvolutionBytes : 0);
}

}  // namespace

PlanOptions plan_options(const NetworkSpec& spec, const TrainOptions& options, std::size_t rows) {
  const std::string_view loss = resolve_loss(options.loss, spec.head, spec.task);
  return {.batch = static_cast<std::int32_t>(rows),
          .loss = std::string(loss),
          .soft_targets = needs_soft_targets(options, loss, spec.task),
          .huber_delta = options.huber_delta,
          .quantile = options.quantile,
          .input_gradient = options.adversarial > 0,
          .precision = precision_of(options.precision)};
}

void check_training(const NetworkSpec& spec, const TrainOptions& options, const Dataset& dataset) {
  const PlanOptions plan = plan_options(spec, options, 1);
  if (plan.precision == Precision::bf16 && !has_bf16())
    throw ConfigError(
        fmt::format("train.precision = \"bf16\" needs a processor with bf16 (this one has {}); use f32, or "
                    "bf16_emulated to see what it would do",
                    isa()));
  check_mix(options, spec.input, spec.task);
  check_codes(spec, options);
  if (options.augment) Augmenter(*options.augment, spec.input);
  check_class_options(options, spec.task, dataset);
  check_early_stopping(spec, options);
  static_cast<void>(EpochSteps(Network(spec), options, std::max<std::size_t>(dataset.num_train(), 1)));
  if (options.early_stopping && options.averaging)
    throw ConfigError("train.early_stopping and train.averaging exclude each other (the best weights, or the mean)");
}

TrainResult train(const NetworkSpec& spec, const TrainOptions& options, const TrainingSet& set,
                  const TrainStreams& streams, const TrainContext& context) {
  JURY_EXPECTS(set.weights.empty() || set.weights.size() == set.rows.size());
  JURY_EXPECTS((set.target_scaler != nullptr) == (spec.task == TaskKind::regression && scales_targets(spec.head)));
  if (set.rows.empty()) throw DataError("there are no rows to train on (the training set is empty)");
  const ScopedFlushDenormals flush;
  return TrainingRun(spec, options, set, streams, context).run();
}

std::size_t estimate_training_bytes(const NetworkSpec& spec, const TrainOptions& options, std::size_t num_rows) {
  const auto num_draws = static_cast<std::size_t>(std::max(
      1.0, static_cast<double>(num_rows) * (options.early_stopping ? 1 - options.early_stopping->fraction : 1)));
  const Network network(spec);
  const EpochSteps steps(network, options, num_draws);
  std::size_t bytes = estimate_bytes(spec, plan_options(spec, options, steps.batch));
  if (steps.rest > 0) bytes += estimate_bytes(spec, plan_options(spec, options, steps.rest));
  // Weights, gradients and the copy that is the result; the optimizer's; those of the parts that are on.
  std::size_t blocks = 3 + find(optimizers(), "optimizer", options.optimizer).state_per_parameter;
  blocks += (options.early_stopping ? 1U : 0U) + (options.averaging ? 2U : 0U) + (options.adversarial > 0 ? 1U : 0U);
  return bytes + blocks * padded_size(network.num_parameters()) * sizeof(float) + num_draws * sizeof(std::uint32_t) +
         code_bytes(network);
}

}  // namespace jury
