#include "models/nn/training_run.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "models/nn/loss.hpp"
#include "models/nn/schedule.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

ScheduleOptions schedule_of(const TrainOptions& options) {
  return {.type = options.schedule,
          .warmup = options.warmup,
          .period = options.lr_period,
          .factor = options.lr_factor,
          .growth = options.lr_growth,
          .lr_min = options.lr_min};
}

}  // namespace

TrainingParts::TrainingParts(const TrainingSet& set, const TrainOptions& options, std::uint64_t key) {
  if (!options.early_stopping) return;
  split = validation_split(set, *options.early_stopping, key);
  for (const std::uint32_t place : split.kept)
    if (!set.weights.empty()) weights.push_back(set.weights[place]);
  training.emplace(TrainingSet{set.dataset, set.pipeline, split.training, weights, set.target_scaler, set.targets});
  validation.emplace(TrainingSet{set.dataset, set.pipeline, split.validation, {}, set.target_scaler, set.targets});
}

TrainingRun::TrainingRun(const NetworkSpec& spec, const TrainOptions& options, const TrainingSet& set,
                         const TrainStreams& streams, const TrainContext& context)
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

TrainResult TrainingRun::run() {
  TrainStatus status = TrainStatus::completed;
  while (!is_done()) {
    if (context_.until_epoch > 0 && state_.epochs >= context_.until_epoch) {
      status = TrainStatus::paused;
      break;
    }
    if (context_.stop.is_set()) {
      status = TrainStatus::stopped;
      break;
    }
    ++state_.epochs;
    if (!run_epoch()) {
      status = TrainStatus::diverged;
      break;
    }
    if (options_.checkpoint_epochs > 0 && state_.epochs % options_.checkpoint_epochs == 0 && context_.save &&
        !is_done())
      context_.save(state_.save());
  }
  return result(status);
}

void TrainingRun::set_up_state() {
  state_.params = AlignedBlock(network_.num_parameters());
  const std::vector<float> drawn = context_.initial.empty()
                                       ? network_.initial_weights(streams_.init)
                                       : std::vector<float>(context_.initial.begin(), context_.initial.end());
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

std::shared_ptr<Plan> TrainingRun::plan_for(std::size_t rows) {
  return context_.plans.get(network_.spec(), plan_options(network_.spec(), options_, rows));
}

void TrainingRun::bind() {
  full_->bind(params(), grads_.span());
  if (partial_) partial_->bind(params(), grads_.span());
}

std::int32_t TrainingRun::epochs_to_run() const noexcept {
  if (options_.max_steps == 0) return options_.epochs;
  const std::int64_t needed = (options_.max_steps + steps_.per_epoch() - 1) / steps_.per_epoch();
  return static_cast<std::int32_t>(std::min<std::int64_t>(options_.epochs, needed));
}

double TrainingRun::rate() const {
  if (state_.average && options_.averaging->lr > 0 && state_.average->begun(state_.epochs, epochs_to_run()))
    return options_.averaging->lr;
  const std::int64_t all = std::int64_t{options_.epochs} * steps_.per_epoch();
  return learning_rate(schedule_of(options_), options_.lr,
                       {.step = state_.steps,
                        .steps_per_epoch = steps_.per_epoch(),
                        .total_steps = options_.max_steps > 0 ? std::min(all, options_.max_steps) : all});
}

double TrainingRun::gradients(Plan& plan) {
  const Plan::Draw draw{.dropout_key = streams_.dropout, .number = static_cast<std::uint64_t>(state_.steps)};
  noise_.add(params(), streams_.noise, draw.number);
  const double loss = plan.run(draw);
  if (adversary_) {
    std::copy_n(grads_.data(), grads_.size(), clean_grads_.data());
    adversary_->perturb(plan.input().data(), plan.d_input().data(), plan.input().data(),
                        static_cast<std::size_t>(plan.options().batch));
    plan.run(draw);
    for (std::size_t i = 0; i < grads_.size(); ++i)
      grads_.data()[i] = 0.5F * (grads_.data()[i] + clean_grads_.data()[i]);
  }
  noise_.remove(params());
  return loss;
}

void TrainingRun::move(double lr) {
  rates_.before_step(params());
  rules_.before_step(params(), grads_.span());
  rules_.decay(params(), lr);
  state_.optimizer->step(params(), grads_.span(), lr);
  rates_.after_step(params());
  rules_.after_step(params());
}

bool TrainingRun::run_epoch() {
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

bool TrainingRun::validate(EpochRecord& record) {
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

std::vector<float> TrainingRun::averaged() {
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

TrainResult TrainingRun::result(TrainStatus status) {
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
  if (status == TrainStatus::stopped || context_.until_epoch > 0) result.checkpoint = state_.save();
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

}  // namespace jury
