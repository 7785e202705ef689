#include "models/nn/train.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "models/data/dataset.hpp"
#include "models/nn/adversarial.hpp"
#include "models/nn/batch_filler.hpp"
#include "models/nn/flush_denormals.hpp"
#include "models/nn/gradient_rules.hpp"
#include "models/nn/kernels.hpp"
#include "models/nn/layer.hpp"
#include "models/nn/loss.hpp"
#include "models/nn/schedule.hpp"
#include "models/nn/session.hpp"
#include "models/nn/step_inputs.hpp"
#include "models/nn/training_state.hpp"
#include "models/nn/validation.hpp"
#include "models/nn/weight_changes.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

// The least rows of a batch that every layer can train on.
std::size_t least_rows(const Network& network) {
  std::int32_t least = 1;
  for (const Network::Node& node : network.nodes())
    if (node.trains()) least = std::max(least, node.layer->least_rows(node.src()));
  return static_cast<std::size_t>(least);
}

// How an epoch is cut into steps.
struct Steps {
  std::size_t draws = 0;  ///< of an epoch that are used
  std::size_t batch = 0;
  std::size_t rest = 0;   ///< rows of the last batch when it is smaller

  Steps(const Network& network, const TrainOptions& options, std::size_t num_draws)
      : draws(num_draws), batch(batch_rows(options, num_draws)), rest(num_draws % batch) {
    const std::size_t least = least_rows(network);
    if (batch < least)
      throw ConfigError(fmt::format("a batch of {} is too small (batch normalisation needs at least {}; choose a larger train.batch)",
                                    counted(batch, "row"), least));
    if (rest < least) {
      draws -= rest;
      rest = 0;
    }
  }
  std::int64_t per_epoch() const noexcept { return static_cast<std::int64_t>(draws / batch + (rest > 0 ? 1 : 0)); }
};

ScheduleOptions schedule_of(const TrainOptions& options) {
  return {.type = options.schedule,
          .warmup = options.warmup,
          .period = options.lr_period,
          .factor = options.lr_factor,
          .growth = options.lr_growth,
          .lr_min = options.lr_min};
}

// Training rows, and those held out of them.
struct Parts {
  HeldOut split;
  std::vector<float> weights;
  std::optional<TrainingSet> training, validation;

  Parts(const TrainingSet& set, const TrainOptions& options, std::uint64_t key) {
    if (!options.early_stopping) return;
    split = validation_split(set, *options.early_stopping, key);
    for (const std::uint32_t place : split.kept)
      if (!set.weights.empty()) weights.push_back(set.weights[place]);
    training.emplace(TrainingSet{set.dataset, set.pipeline, split.training, weights, set.target_scaler});
    validation.emplace(TrainingSet{set.dataset, set.pipeline, split.validation, {}, set.target_scaler});
  }
};

// One training under way.
class Training {
 public:
  Training(const NetworkSpec& spec, const TrainOptions& options, const TrainingSet& set, const TrainStreams& streams,
           const TrainContext& context)
      : network_(spec),
        options_(options),
        streams_(streams),
        context_(context),
        parts_(set, options, streams.early_stopping),
        set_(parts_.training ? *parts_.training : set),
        steps_(network_, options, set_.rows.size()),
        inputs_(set_, spec, options, steps_.batch),
        rules_(network_, options),
        noise_(network_, options.weight_noise),
        rates_(network_),
        draws_(set_.rows.size()),
        grads_(network_.num_parameters()) {
    if (options.adversarial > 0) {
      const std::vector<float> ranges = input_ranges(set.dataset, set.pipeline, set_.rows);
      adversary_.emplace(InputGather(set.pipeline, spec, 1).reordered(ranges), options.adversarial);
      clean_grads_ = AlignedBlock(network_.num_parameters());
    }
    full_ = plan_for(steps_.batch);
    if (steps_.rest > 0) partial_ = plan_for(steps_.rest);
    set_up_state();
    bind();
  }

  TrainResult run() {
    TrainStatus status = TrainStatus::completed;
    while (!is_done()) {
      if (context_.stop.is_set()) {
        status = TrainStatus::stopped;
        break;
      }
      ++state_.epochs;
      if (!run_epoch()) {
        status = TrainStatus::diverged;
        break;
      }
      if (options_.checkpoint_epochs > 0 && state_.epochs % options_.checkpoint_epochs == 0 && context_.save && !is_done())
        context_.save(state_.save());
    }
    return result(status);
  }

 private:
  void set_up_state() {
    state_.params = AlignedBlock(network_.num_parameters());
    const std::vector<float> drawn =
        context_.initial.empty() ? network_.initial_weights(streams_.init) : std::vector<float>(context_.initial.begin(), context_.initial.end());
    JURY_EXPECTS(drawn.size() == network_.num_parameters());
    std::copy(drawn.begin(), drawn.end(), state_.params.data());
    state_.optimizer = make_optimizer(options_, state_.params.size());
    state_.shuffle = Rng(streams_.shuffle);
    if (parts_.validation) {
      validation_.emplace(*parts_.validation, network_.spec(), options_, context_.plans);
      state_.stopping.emplace(*options_.early_stopping, validation_->better());
    }
    if (options_.averaging) state_.average.emplace(*options_.averaging, network_.num_parameters());
    if (!context_.checkpoint.empty()) state_.load(context_.checkpoint);
  }

  std::shared_ptr<Plan> plan_for(std::size_t rows) {
    return context_.plans.get(network_.spec(), plan_options(network_.spec(), options_, rows));
  }

  void bind() {
    full_->bind(params(), grads_.span());
    if (partial_) partial_->bind(params(), grads_.span());
  }

  std::span<float> params() noexcept { return state_.params.span(); }
  std::span<const float> weights() const noexcept { return state_.params.span().first(network_.num_parameters()); }

  std::int32_t epochs_to_run() const noexcept {
    if (options_.max_steps == 0) return options_.epochs;
    const std::int64_t needed = (options_.max_steps + steps_.per_epoch() - 1) / steps_.per_epoch();
    return static_cast<std::int32_t>(std::min<std::int64_t>(options_.epochs, needed));
  }
  bool at_last_step() const noexcept { return options_.max_steps > 0 && state_.steps >= options_.max_steps; }
  bool is_done() const noexcept { return state_.ended || state_.epochs >= options_.epochs || at_last_step(); }

  double rate() const {
    if (state_.average && options_.averaging->lr > 0 && state_.average->begun(state_.epochs, epochs_to_run()))
      return options_.averaging->lr;
    const std::int64_t all = std::int64_t{options_.epochs} * steps_.per_epoch();
    return learning_rate(schedule_of(options_), options_.lr,
                         {.step = state_.steps,
                          .steps_per_epoch = steps_.per_epoch(),
                          .total_steps = options_.max_steps > 0 ? std::min(all, options_.max_steps) : all});
  }

  // Loss and gradients at the present weights, of the batch in the plan.
  double gradients(Plan& plan) {
    const Plan::Draw draw{.dropout_key = streams_.dropout, .number = static_cast<std::uint64_t>(state_.steps)};
    noise_.add(params(), streams_.noise, draw.number);
    const double loss = plan.run(draw);
    if (adversary_) {
      std::copy_n(grads_.data(), grads_.size(), clean_grads_.data());
      adversary_->perturb(plan.input().data(), plan.d_input().data(), plan.input().data(), static_cast<std::size_t>(plan.options().batch));
      plan.run(draw);
      for (std::size_t i = 0; i < grads_.size(); ++i) grads_.data()[i] = 0.5F * (grads_.data()[i] + clean_grads_.data()[i]);
    }
    noise_.remove(params());
    return loss;
  }

  void move(double lr) {
    rates_.before_step(params());
    rules_.before_step(params(), grads_.span());
    rules_.decay(params(), lr);
    state_.optimizer->step(params(), grads_.span(), lr);
    rates_.after_step(params());
    rules_.after_step(params());
  }

  // False when the loss or a weight stopped being finite.
  bool run_epoch() {
    std::iota(draws_.begin(), draws_.end(), 0U);
    shuffle(std::span(draws_), state_.shuffle);
    EpochRecord record;
    std::size_t seen = 0;
    while (seen < steps_.draws && !at_last_step()) {
      const auto draws = std::span(draws_).subspan(seen, std::min(steps_.batch, steps_.draws - seen));
      Plan& plan = draws.size() == steps_.batch ? *full_ : *partial_;
      inputs_.fill(plan, draws, streams_, state_.steps);
      record.train_loss += gradients(plan);
      if (!std::isfinite(record.train_loss)) return false;
      record.lr = rate();
      move(record.lr);
      seen += draws.size();
      ++state_.steps;
    }
    record.train_loss /= static_cast<double>(seen);
    if (!std::ranges::all_of(params(), [](float p) { return std::isfinite(p); })) return false;
    if (state_.average && state_.average->takes(state_.epochs, epochs_to_run())) state_.average->add(weights());
    if (validation_ && !validate(record)) return false;
    state_.curve.push_back(std::move(record));
    return true;
  }

  // False when the loss of the held-out rows is not finite.
  bool validate(EpochRecord& record) {
    Validation::Values values = validation_->measure(params());
    const double watched = validation_->watched(values);
    record.valid_loss = values.loss;
    record.valid_scores = std::move(values.scores);
    if (!std::isfinite(values.loss)) return false;
    const EarlyStopping::Verdict verdict = state_.stopping->observe(watched);
    if (verdict == EarlyStopping::Verdict::improved) state_.best.assign(weights().begin(), weights().end());
    state_.ended = verdict == EarlyStopping::Verdict::stop;
    return true;
  }

  // The mean weights; statistics of batches are taken anew, by a pass over the training rows.
  std::vector<float> averaged() {
    const std::vector<float> mean = state_.average->mean();
    std::copy(mean.begin(), mean.end(), state_.params.data());
    bool has_buffers = false;
    for (const Tensor& tensor : network_.tensors()) has_buffers |= tensor.role == Tensor::Role::buffer;
    if (!has_buffers) return mean;
    std::iota(draws_.begin(), draws_.end(), 0U);
    shuffle(std::span(draws_), state_.shuffle);
    for (std::size_t seen = 0; seen < steps_.draws; seen += steps_.batch) {
      const auto draws = std::span(draws_).subspan(seen, std::min(steps_.batch, steps_.draws - seen));
      Plan& plan = draws.size() == steps_.batch ? *full_ : *partial_;
      inputs_.fill(plan, draws, streams_, state_.steps);
      plan.run({.dropout_key = streams_.dropout, .number = static_cast<std::uint64_t>(state_.steps++)});
    }
    return {weights().begin(), weights().end()};
  }

  TrainResult result(TrainStatus status) {
    TrainResult result{.status = status,
                       .weights = {},
                       .latest = {},
                       .curve = state_.curve,
                       .metrics = {},
                       .epochs = state_.epochs,
                       .best_epoch = state_.epochs,
                       .steps = state_.steps,
                       .checkpoint = {}};
    if (validation_)
      for (const Metric* metric : validation_->metrics()) result.metrics.emplace_back(metric->name);
    if (status == TrainStatus::diverged) return result;
    if (status == TrainStatus::stopped) result.checkpoint = state_.save();
    result.weights.assign(weights().begin(), weights().end());
    if (!state_.best.empty()) {
      result.best_epoch = state_.stopping->best_epoch();
      if (result.best_epoch != state_.epochs) result.latest = std::exchange(result.weights, state_.best);
    }
    if (state_.average && state_.average->count() > 0 && status == TrainStatus::completed) {
      if (result.latest.empty()) result.latest = result.weights;
      result.weights = averaged();
      result.best_epoch = state_.epochs;
    }
    return result;
  }

  Network network_;
  const TrainOptions& options_;
  TrainStreams streams_;
  const TrainContext& context_;
  Parts parts_;
  TrainingSet set_;
  Steps steps_;
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

}  // namespace

std::size_t batch_rows(const TrainOptions& options, std::size_t num_draws) noexcept {
  if (!options.batch.word.empty()) return num_draws;
  return std::min(static_cast<std::size_t>(options.batch.number), num_draws);
}

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
    throw ConfigError(fmt::format("train.precision = \"bf16\" needs a processor with bf16 (this one has {}); use f32, or "
                                  "bf16_emulated to see what it would do", isa()));
  check_mix(options, spec.input, spec.task);
  check_codes(spec, options);
  if (options.augment) Augmenter(*options.augment, spec.input);
  check_class_options(options, dataset);
  check_early_stopping(spec, options);
  static_cast<void>(Steps(Network(spec), options, std::max<std::size_t>(dataset.num_train(), 1)));
  if (options.early_stopping && options.averaging)
    throw ConfigError("train.early_stopping and train.averaging exclude each other (the best weights, or the mean)");
}

TrainResult train(const NetworkSpec& spec, const TrainOptions& options, const TrainingSet& set,
                  const TrainStreams& streams, const TrainContext& context) {
  JURY_EXPECTS(set.weights.empty() || set.weights.size() == set.rows.size());
  JURY_EXPECTS((set.target_scaler != nullptr) == (spec.task == TaskKind::regression && scales_targets(spec.head)));
  if (set.rows.empty()) throw DataError("there are no rows to train on (the training set is empty)");
  const ScopedFlushDenormals flush;
  return Training(spec, options, set, streams, context).run();
}

std::size_t estimate_training_bytes(const NetworkSpec& spec, const TrainOptions& options, std::size_t num_rows) {
  const auto num_draws = static_cast<std::size_t>(
      std::max(1.0, static_cast<double>(num_rows) * (options.early_stopping ? 1 - options.early_stopping->fraction : 1)));
  const Network network(spec);
  const Steps steps(network, options, num_draws);
  std::size_t bytes = estimate_bytes(spec, plan_options(spec, options, steps.batch));
  if (steps.rest > 0) bytes += estimate_bytes(spec, plan_options(spec, options, steps.rest));
  std::size_t blocks = 2 + find(optimizers(), "optimizer", options.optimizer).state_per_parameter;
  blocks += (options.early_stopping ? 1U : 0U) + (options.averaging ? 2U : 0U) + (options.adversarial > 0 ? 1U : 0U);
  return bytes + blocks * padded_size(network.num_parameters()) * sizeof(float);
}

}  // namespace jury
