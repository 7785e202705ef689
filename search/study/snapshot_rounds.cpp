#include "search/study/snapshot_rounds.hpp"

#include <utility>

namespace jury {

std::optional<Rounds::Outcome> SnapshotRounds::next(std::int32_t round, const StopFlag& stop) {
  TaskKey key = input_.key;
  key.member = round;
  auto training = input_.trainer.train(
      {.key = key, .dataset = input_.dataset, .draws = input_.rows.draws, .initial = weights_}, stop);
  if (!training) return std::nullopt;
  Outcome outcome{.fit = std::move(training->outcome), .is_last = !training->member.has_value()};
  if (!training->member) return outcome;
  const Fitted<TrainedMember>& member = *training->member;
  weights_ = training->latest.empty() ? member->weights : training->latest;
  predict_all(input_, member, key, outcome.fit.result);
  if (is_kept(input_.trainer.plan(), key)) keep_member(*member, std::move(training->latest), outcome.fit.result);
  return outcome;
}

std::optional<Rounds::Outcome> DropoutRounds::next(std::int32_t round, const StopFlag& stop) {
  TaskKey key = input_.key;
  key.member = 0;
  if (!member_) {
    auto training = input_.trainer.train({.key = key, .dataset = input_.dataset, .draws = input_.rows.draws}, stop);
    if (!training) return std::nullopt;
    trained_ = std::move(training->outcome);
    if (!training->member) return Outcome{.fit = trained_, .is_last = true};
    member_.emplace(std::move(*training->member));
    latest_ = std::move(training->latest);
  }
  Outcome outcome{.fit = trained_};
  TrainedMember pass = **member_;
  key.member = TaskKey::kNone;
  pass.dropout =
      DropoutPass{.key = input_.trainer.plan().stream(Purpose::passes, key), .pass = static_cast<std::uint32_t>(round)};
  key.member = round;
  predict_all(input_, Fitted<TrainedMember>(std::move(pass), member_->saw()), key, outcome.fit.result);
  if (round == 0 && is_kept(input_.trainer.plan(), key)) keep_member(**member_, latest_, outcome.fit.result);
  return outcome;
}

}  // namespace jury
