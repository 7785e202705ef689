#include "search/study/adaboost_rounds.hpp"

#include <string>
#include <utility>

namespace jury {
AdaBoostRounds::AdaBoostRounds(const RoundsInput& input)
    : input_(input),
      configuration_(input.trainer.plan().configuration(input.key)),
      forecast_(forecast_of(configuration_, input.dataset.task())),
      counted_(input.dataset, input.rows.draws),
      truth_(input.dataset, counted_.rows, forecast_),
      boosting_(configuration_.ensemble.boosting, with_weights(truth_.truth(), counted_.weights)) {}

std::optional<MemberTraining> AdaBoostRounds::train(const TaskKey& key, const StopFlag& stop) {
  if (configuration_.ensemble.boosting.by == "resampling") {
    Rng rng(input_.trainer.plan().stream(Purpose::rounds, key));
    std::vector<std::uint32_t> draws = boosting_.draw(rng);
    for (std::uint32_t& draw : draws) draw = counted_.rows[draw];
    const std::vector<float> equal(draws.size(), 1.0F);  // the weights of the data are in the draws
    return input_.trainer.train({.key = key, .dataset = input_.dataset, .draws = draws, .weights = equal}, stop);
  }
  std::vector<float> weights;
  for (const double weight : boosting_.weights())
    weights.push_back(static_cast<float>(weight * static_cast<double>(counted_.rows.size())));
  return input_.trainer.train({.key = key, .dataset = input_.dataset, .draws = counted_.rows, .weights = weights},
                              stop);
}

std::optional<Rounds::Outcome> AdaBoostRounds::next(std::int32_t round, const StopFlag& stop) {
  TaskKey key = input_.key;
  key.member = round;
  std::optional<MemberTraining> training = train(key, stop);
  if (!training) return std::nullopt;
  Outcome outcome{.fit = std::move(training->outcome)};
  FitResult& fit = outcome.fit.result;
  fit.num_valid = static_cast<std::int64_t>(input_.rows.valid.size());
  if (!training->member) {
    fit.weight = 0;
    outcome.is_last = true;
    return outcome;
  }
  const StudyPlan& plan = input_.trainer.plan();
  PlanCache& plans = input_.trainer.plans();
  // A round's learner has seen some of the training rows; boosting has seen all of them.
  RowSet seen_by(input_.dataset.domain(), counted_.rows);
  seen_by.insert(training->member->saw());
  const Fitted<TrainedMember> member(**training->member, std::move(seen_by));
  const std::vector<float> seen = predict_rows(*member, input_.dataset, counted_.rows, plans);
  const BoostRound result = boosting_.observe(seen);
  fit.weight = result.weight;
  fit.round_error = result.error;
  fit.outcome = name(result.outcome);
  outcome.is_last = boosting_.ended();
  fit.train_scores = training_scores(seen, input_.dataset, counted_.rows, forecast_);
  const std::string what = to_string(key);
  fit.valid = predict_unseen(member, input_.valid_dataset(), input_.rows.valid, plans, what);
  fit.test = predict_unseen(member, plan.dataset(), input_.rows.test, plans, what);
  fit.apparent = predict_rows(*member, input_.dataset, input_.rows.apparent, plans);
  if (is_kept(plan, key)) keep_member(*member, std::move(training->latest), fit);
  return outcome;
}

}  // namespace jury
