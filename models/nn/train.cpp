#include "models/nn/train.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "models/data/dataset.hpp"
#include "models/data/pipeline.hpp"
#include "models/data/target_scaler.hpp"
#include "models/nn/flush_denormals.hpp"
#include "models/nn/gradient_rules.hpp"
#include "models/nn/loss.hpp"
#include "models/nn/optimizer.hpp"
#include "models/nn/schedule.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

// What brings a draw's weight to mean 1; 1 without weights.
double weight_scale(const TrainingSet& set) {
  if (set.weights.empty()) return 1;
  double sum = 0;
  for (const float weight : set.weights) sum += static_cast<double>(weight);
  if (!(sum > 0) || !std::isfinite(sum))
    throw DataError(fmt::format("the weights of the training rows sum to {} (there must be some to learn from)", sum));
  return static_cast<double>(set.weights.size()) / sum;
}

// Fills a plan's batch from draws: inputs, labels or targets, weights.
class BatchFiller {
 public:
  BatchFiller(const TrainingSet& set, std::size_t batch) : set_(set), scale_(weight_scale(set)), rows_(batch) {}

  void fill(Plan& plan, std::span<const std::uint32_t> draws) {
    const std::span<std::uint32_t> rows = std::span(rows_).first(draws.size());
    for (std::size_t i = 0; i < draws.size(); ++i) rows[i] = set_.rows[draws[i]];
    set_.pipeline.gather(set_.dataset, rows, plan.input().data());
    for (std::size_t i = 0; i < draws.size(); ++i)
      plan.row_weights()[i] =
          set_.weights.empty() ? 1.0F : static_cast<float>(scale_ * static_cast<double>(set_.weights[draws[i]]));
    if (set_.target_scaler == nullptr) {
      for (std::size_t i = 0; i < rows.size(); ++i) plan.labels()[i] = set_.dataset.labels()[rows[i]];
      return;
    }
    const std::size_t width = set_.dataset.num_targets();
    for (std::size_t i = 0; i < rows.size(); ++i)
      for (std::size_t k = 0; k < width; ++k)
        plan.targets()[i * width + k] =
            static_cast<float>(set_.target_scaler->scaled(set_.dataset.targets()[rows[i] * width + k], k));
  }

 private:
  const TrainingSet& set_;
  double scale_;
  std::vector<std::uint32_t> rows_;
};

ScheduleOptions schedule_of(const TrainOptions& options) {
  return {.type = options.schedule,
          .warmup = options.warmup,
          .period = options.lr_period,
          .factor = options.lr_factor,
          .growth = options.lr_growth,
          .lr_min = options.lr_min};
}

// One training under way.
class Training {
 public:
  Training(const NetworkSpec& spec, const TrainOptions& options, const TrainingSet& set, const TrainStreams& streams,
           PlanCache& plans)
      : network_(spec),
        options_(options),
        streams_(streams),
        shuffle_(streams.shuffle),
        batch_(batch_rows(options, set.rows.size())),
        filler_(set, batch_),
        rules_(network_, options),
        schedule_(schedule_of(options)),
        draws_(set.rows.size()),
        params_(network_.num_parameters()),
        grads_(network_.num_parameters()),
        optimizer_(make_optimizer(options, params_.size())) {
    const std::vector<float> start = network_.initial_weights(streams.init);
    std::copy(start.begin(), start.end(), params_.data());
    full_ = plan_for(plans, batch_);
    if (const std::size_t rest = draws_.size() % batch_; rest > 0) partial_ = plan_for(plans, rest);
  }

  TrainResult run(const StopFlag& stop) {
    TrainResult result;
    while (result.epochs < options_.epochs && !at_last_step(result)) {
      if (stop.is_set()) {
        result.status = TrainStatus::stopped;
        break;
      }
      ++result.epochs;
      if (!run_epoch(result)) {
        result.status = TrainStatus::diverged;
        return result;
      }
    }
    result.weights.assign(params_.data(), params_.data() + network_.num_parameters());
    return result;
  }

 private:
  std::shared_ptr<Plan> plan_for(PlanCache& plans, std::size_t rows) {
    auto plan = plans.get(network_.spec(), {.batch = static_cast<std::int32_t>(rows),
                                            .loss = std::string(resolve_loss(options_.loss, network_.spec().task))});
    plan->bind(params_.span(), grads_.span());
    return plan;
  }

  bool at_last_step(const TrainResult& result) const noexcept {
    return options_.max_steps > 0 && result.steps >= options_.max_steps;
  }

  TrainingPlace place(std::int64_t step) const noexcept {
    const auto steps = static_cast<std::int64_t>((draws_.size() + batch_ - 1) / batch_);
    const std::int64_t total = steps * options_.epochs;
    return {.step = step,
            .steps_per_epoch = steps,
            .total_steps = options_.max_steps > 0 ? std::min(total, options_.max_steps) : total};
  }

  // False when the loss or a weight stopped being finite.
  bool run_epoch(TrainResult& result) {
    std::iota(draws_.begin(), draws_.end(), 0U);
    shuffle(std::span(draws_), shuffle_);
    double loss = 0, lr = 0;
    std::size_t seen = 0;
    while (seen < draws_.size() && !at_last_step(result)) {
      const auto draws = std::span(draws_).subspan(seen, std::min(batch_, draws_.size() - seen));
      Plan& plan = draws.size() == batch_ ? *full_ : *partial_;
      filler_.fill(plan, draws);
      loss += plan.run({.dropout_key = streams_.dropout, .number = static_cast<std::uint64_t>(result.steps)});
      if (!std::isfinite(loss)) return false;
      lr = learning_rate(schedule_, options_.lr, place(result.steps));
      rules_.before_step(params_.span(), grads_.span());
      rules_.decay(params_.span(), lr);
      optimizer_->step(params_.span(), grads_.span(), lr);
      rules_.after_step(params_.span());
      seen += draws.size();
      ++result.steps;
    }
    result.curve.push_back({.train_loss = loss / static_cast<double>(seen), .lr = lr});
    if (std::all_of(params_.data(), params_.data() + params_.size(), [](float p) { return std::isfinite(p); }))
      return true;
    result.curve.pop_back();
    return false;
  }

  Network network_;
  const TrainOptions& options_;
  TrainStreams streams_;
  Rng shuffle_;
  std::size_t batch_;
  BatchFiller filler_;
  GradientRules rules_;
  ScheduleOptions schedule_;
  std::vector<std::uint32_t> draws_;
  AlignedBlock params_, grads_;
  std::unique_ptr<Optimizer> optimizer_;
  std::shared_ptr<Plan> full_, partial_;
};

}  // namespace

std::size_t batch_rows(const TrainOptions& options, std::size_t num_draws) noexcept {
  if (!options.batch.word.empty()) return num_draws;
  return std::min(static_cast<std::size_t>(options.batch.number), num_draws);
}

TrainResult train(const NetworkSpec& spec, const TrainOptions& options, const TrainingSet& set,
                  const TrainStreams& streams, PlanCache& plans, const StopFlag& stop) {
  JURY_EXPECTS(set.pipeline.width() == volume(spec.input));
  JURY_EXPECTS(set.weights.empty() || set.weights.size() == set.rows.size());
  JURY_EXPECTS((set.target_scaler == nullptr) == (spec.task == TaskKind::classification));
  if (set.rows.empty()) throw DataError("there are no rows to train on (the training set is empty)");
  const ScopedFlushDenormals flush;
  return Training(spec, options, set, streams, plans).run(stop);
}

std::size_t estimate_training_bytes(const NetworkSpec& spec, const TrainOptions& options, std::size_t num_rows) {
  const std::string loss(resolve_loss(options.loss, spec.task));
  const std::size_t batch = batch_rows(options, std::max<std::size_t>(num_rows, 1));
  const auto plan_bytes = [&](std::size_t rows) {
    return rows == 0 ? 0 : estimate_bytes(spec, {.batch = static_cast<std::int32_t>(rows), .loss = loss});
  };
  const std::size_t blocks = 2 + find(optimizers(), "optimizer", options.optimizer).state_per_parameter;
  return plan_bytes(batch) + plan_bytes(num_rows % batch) + blocks * padded_size(num_parameters(spec)) * sizeof(float);
}

}  // namespace jury
