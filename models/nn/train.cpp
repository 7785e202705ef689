#include "models/nn/train.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "models/data/dataset.hpp"
#include "models/data/pipeline.hpp"
#include "models/nn/batch_filler.hpp"
#include "models/nn/flush_denormals.hpp"
#include "models/nn/kernels.hpp"
#include "models/nn/loss.hpp"
#include "models/nn/optimizer.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

// What the plans of a training are compiled for.
PlanOptions plan_options(const NetworkSpec& spec, const TrainOptions& options, std::size_t rows) {
  const std::string_view loss = resolve_loss(options.loss, spec.head, spec.task);
  return {.batch = static_cast<std::int32_t>(rows),
          .loss = std::string(loss),
          .soft_targets = needs_soft_targets(options, loss, spec.task),
          .huber_delta = options.huber_delta,
          .quantile = options.quantile};
}

// weight_decay * weights added to their gradients; biases are left alone.
class WeightDecay {
 public:
  WeightDecay(const Network& network, double factor) : factor_(static_cast<float>(factor)) {
    if (factor > 0)
      for (const Tensor& tensor : network.tensors())
        if (tensor.role == Tensor::Role::weights) ranges_.push_back({tensor.offset, volume(tensor.shape)});
  }
  void apply(std::span<const float> params, std::span<float> grads) const noexcept {
    for (const auto& [offset, size] : ranges_) add_scaled(factor_, params.data() + offset, grads.data() + offset, size);
  }

 private:
  struct Range {
    std::size_t offset, size;
  };
  float factor_;
  std::vector<Range> ranges_;
};

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
        filler_(set, spec, options, batch_),
        decay_(network_, options.weight_decay),
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
    auto plan = plans.get(network_.spec(), plan_options(network_.spec(), options_, rows));
    plan->bind(params_.span(), grads_.span());
    return plan;
  }

  bool at_last_step(const TrainResult& result) const noexcept {
    return options_.max_steps > 0 && result.steps >= options_.max_steps;
  }

  // False when the loss or a weight stopped being finite.
  bool run_epoch(TrainResult& result) {
    std::iota(draws_.begin(), draws_.end(), 0U);
    shuffle(std::span(draws_), shuffle_);
    double loss = 0;
    std::size_t seen = 0;
    while (seen < draws_.size() && !at_last_step(result)) {
      const auto draws = std::span(draws_).subspan(seen, std::min(batch_, draws_.size() - seen));
      Plan& plan = draws.size() == batch_ ? *full_ : *partial_;
      filler_.fill(plan, draws);
      loss += plan.run({.dropout_key = streams_.dropout, .number = static_cast<std::uint64_t>(result.steps)});
      if (!std::isfinite(loss)) return false;
      decay_.apply(params_.span(), grads_.span());
      optimizer_->step(params_.span(), grads_.span(), options_.lr);
      seen += draws.size();
      ++result.steps;
    }
    result.curve.push_back({.train_loss = loss / static_cast<double>(seen), .lr = options_.lr});
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
  WeightDecay decay_;
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
  JURY_EXPECTS((set.target_scaler != nullptr) == (spec.task == TaskKind::regression && scales_targets(spec.head)));
  if (set.rows.empty()) throw DataError("there are no rows to train on (the training set is empty)");
  const ScopedFlushDenormals flush;
  return Training(spec, options, set, streams, plans).run(stop);
}

std::size_t estimate_training_bytes(const NetworkSpec& spec, const TrainOptions& options, std::size_t num_rows) {
  const std::size_t batch = batch_rows(options, std::max<std::size_t>(num_rows, 1));
  const auto plan_bytes = [&](std::size_t rows) {
    return rows == 0 ? 0 : estimate_bytes(spec, plan_options(spec, options, rows));
  };
  const std::size_t blocks = 2 + find(optimizers(), "optimizer", options.optimizer).state_per_parameter;
  return plan_bytes(batch) + plan_bytes(num_rows % batch) + blocks * padded_size(num_parameters(spec)) * sizeof(float);
}

}  // namespace jury
