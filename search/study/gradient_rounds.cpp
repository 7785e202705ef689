#include "search/study/gradient_rounds.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "models/ensemble/sampling.hpp"

namespace jury {
namespace {

// A random share of the distinct rows, class by class.
std::vector<std::uint32_t> held_out_of(const RoundsInput& input, double share) {
  if (share <= 0) return {};
  const StudyPlan& plan = input.trainer.plan();
  TaskKey model = input.key;
  model.member = TaskKey::kNone;
  Rng rng(plan.stream(Purpose::early_stopping, model));
  return bag(distinct_rows(input.rows.draws), {.labels = input.dataset.labels()},
             {.samples = share, .stratified = true, .scheme = BagScheme::part}, rng);
}

std::vector<std::uint32_t> draws_without(std::span<const std::uint32_t> draws,
                                         std::span<const std::uint32_t> left_out) {
  std::vector<std::uint32_t> kept;
  std::ranges::copy_if(draws, std::back_inserter(kept),
                       [&](std::uint32_t row) { return !std::ranges::binary_search(left_out, row); });
  if (kept.empty()) throw DataError("ensemble.gradient.validation leaves no row to train on (hold out less)");
  return kept;
}

}  // namespace

GradientRounds::GradientRounds(const RoundsInput& input)
    : input_(input),
      configuration_(input.trainer.plan().configuration(input.key)),
      forecast_(forecast_of(configuration_, input.dataset.task())),
      seen_(input.dataset.domain(), input.rows.draws),
      held_out_rows_(held_out_of(input, configuration_.ensemble.gradient.validation)),
      counted_(input.dataset, draws_without(input.rows.draws, held_out_rows_)),
      truth_(input.dataset, counted_.rows, forecast_),
      held_out_truth_(input.dataset, held_out_rows_, forecast_),
      boosting_(configuration_.ensemble.gradient, with_weights(truth_.truth(), counted_.weights)) {
  const auto start = [&](const Dataset& dataset, const std::vector<std::uint32_t>& rows) {
    return Followed{.dataset = &dataset, .rows = rows, .values = initial_of(boosting_.initial(), rows.size())};
  };
  held_out_ = start(input.dataset, held_out_rows_);
  valid_ = start(input.valid_dataset(), input.rows.valid);
  test_ = start(input.trainer.plan().dataset(), input.rows.test);
  apparent_ = start(input.dataset, input.rows.apparent);
  if (!held_out_rows_.empty()) held_out_losses_.push_back(held_out_loss());
}

double GradientRounds::held_out_loss() const {
  return mean_loss(boosting_.rule(), held_out_truth_.truth(), held_out_.values);
}

std::optional<MemberTraining> GradientRounds::train(const TaskKey& key, const StopFlag& stop) {
  const std::size_t width = boosting_.width();
  const std::vector<double> residuals = boosting_.residuals();
  std::vector<double> targets(input_.dataset.rows() * width);
  std::vector<float> weight_of(input_.dataset.rows());
  for (std::size_t i = 0; i < counted_.rows.size(); ++i) {
    std::copy_n(residuals.begin() + static_cast<std::ptrdiff_t>(i * width), width,
                targets.begin() + static_cast<std::ptrdiff_t>(counted_.rows[i] * width));
    weight_of[counted_.rows[i]] = counted_.weights[i];
  }
  std::vector<std::uint32_t> draws = counted_.rows;
  if (configuration_.ensemble.samples < 1) {
    Rng rng(input_.trainer.plan().stream(Purpose::rounds, key));
    draws = bag(counted_.rows, {.labels = input_.dataset.labels()}, bag_options(configuration_.ensemble), rng);
  }
  std::vector<float> weights;
  for (const std::uint32_t row : draws) weights.push_back(weight_of[row]);
  return input_.trainer.train({.key = key,
                               .dataset = input_.dataset,
                               .draws = draws,
                               .weights = weights,
                               .targets = targets,
                               .num_targets = width},
                              stop);
}

void GradientRounds::follow(Followed& followed, const Fitted<TrainedMember>& member, const std::vector<double>& steps,
                            std::string_view what) {
  add_stage(followed.values, predict_unseen(member, *followed.dataset, followed.rows, input_.trainer.plans(), what),
            steps);
}

std::optional<Rounds::Outcome> GradientRounds::next(std::int32_t round, const StopFlag& stop) {
  TaskKey key = input_.key;
  key.member = round;
  std::optional<MemberTraining> training = train(key, stop);
  if (!training) return std::nullopt;
  Outcome outcome{.fit = std::move(training->outcome)};
  FitResult& fit = outcome.fit.result;
  fit.num_valid = static_cast<std::int64_t>(valid_.rows.size());
  if (!training->member) {
    outcome.is_last = true;
    return outcome;
  }
  PlanCache& plans = input_.trainer.plans();
  const std::string what = to_string(key);
  RowSet seen = seen_;
  seen.insert(training->member->saw());
  const Fitted<TrainedMember> member(**training->member, std::move(seen));
  const GradientRound step = boosting_.advance(predict_rows(*member, input_.dataset, counted_.rows, plans));
  fit.round_error = step.loss;
  fit.offset.assign(boosting_.initial().begin(), boosting_.initial().end());
  fit.steps = step.steps;
  fit.train_scores =
      training_scores(predictions_of(boosting_.rule(), boosting_.values()), input_.dataset, counted_.rows, forecast_);
  follow(valid_, member, step.steps, what);
  follow(test_, member, step.steps, what);
  fit.valid = predictions_of(boosting_.rule(), valid_.values);
  fit.test = predictions_of(boosting_.rule(), test_.values);
  add_stage(apparent_.values, predict_rows(*member, input_.dataset, apparent_.rows, plans), step.steps);
  fit.apparent = predictions_of(boosting_.rule(), apparent_.values);
  if (!held_out_rows_.empty()) {
    add_stage(held_out_.values, predict_rows(*member, input_.dataset, held_out_rows_, plans), step.steps);
    fit.held_out_loss = held_out_loss();
    held_out_losses_.push_back(fit.held_out_loss);
    outcome.is_last = gradient_stop(held_out_losses_, configuration_.ensemble.gradient.patience).stops;
  }
  if (is_kept(input_.trainer.plan(), key)) keep_member(*member, std::move(training->latest), fit);
  return outcome;
}

void GradientRounds::save(ByteWriter& writer) const {
  boosting_.save(writer);
  writer.add(held_out_.values).add(valid_.values).add(test_.values).add(apparent_.values).add(held_out_losses_);
}

void GradientRounds::load(ByteReader& reader) {
  boosting_.load(reader);
  for (Followed* followed : {&held_out_, &valid_, &test_, &apparent_}) {
    auto values = reader.vector<double>();
    if (values.size() != followed->values.size()) throw DataError("a checkpoint of gradient boosting is of other rows");
    followed->values = std::move(values);
  }
  held_out_losses_ = reader.vector<double>();
}

}  // namespace jury
