#include "search/pruner/brackets.hpp"

#include <algorithm>
#include <cmath>

#include "runtime/base/error.hpp"

namespace jury {

std::vector<std::int64_t> halved(std::int64_t n, std::size_t rungs, std::int64_t eta) {
  std::vector<std::int64_t> trials;
  for (; trials.size() < rungs; n /= eta) trials.push_back(std::max<std::int64_t>(n, 1));
  return trials;
}

std::vector<BracketPlan> hyperband_brackets(std::int64_t max_resource, const PrunerOptions& options) {
  const std::vector<std::int64_t> rungs = geometric_rungs(max_resource, options);
  std::vector<BracketPlan> plans;
  for (std::size_t first = 0; first < rungs.size(); ++first) {
    const auto num = static_cast<std::int64_t>(rungs.size() - first);  // s + 1
    auto n = static_cast<std::int64_t>(rungs.size());                  // s_max + 1
    for (std::int64_t s = 1; s < num; ++s) n *= options.eta;
    n = (n + num - 1) / num;
    plans.push_back({.trials = halved(n, rungs.size() - first, options.eta),
                     .resources = {rungs.begin() + static_cast<std::ptrdiff_t>(first), rungs.end()}});
  }
  return plans;
}

SuccessiveHalving::SuccessiveHalving(const PrunerOptions& options, const PrunerInput& input)
    : Brackets(input.trials, options.eta, [&] {
        std::vector<std::int64_t> rungs = geometric_rungs(input.max_resource, options);
        return std::vector<BracketPlan>{{halved(input.trials, rungs.size(), options.eta), rungs}};
      }()) {}

Brackets::Brackets(std::int64_t max_trials, std::int64_t eta, std::vector<BracketPlan> plans)
    : Pruner(max_trials), eta_(eta), plans_(std::move(plans)), firsts_{0} {
  for (const BracketPlan& each : plans_) firsts_.push_back(firsts_.back() + each.trials.front());
}

std::int64_t Brackets::bracket(std::int64_t trial) const {
  const std::int64_t turn = trial / firsts_.back();
  const auto plan = std::ranges::upper_bound(firsts_, trial % firsts_.back()) - firsts_.begin() - 1;
  return turn * static_cast<std::int64_t>(plans_.size()) + plan;
}

const BracketPlan& Brackets::plan(std::int64_t bracket) const {
  return plans_[static_cast<std::size_t>(bracket) % plans_.size()];
}

std::int64_t Brackets::first_trial(std::int64_t bracket) const {
  const auto count = static_cast<std::int64_t>(plans_.size());
  return bracket / count * firsts_.back() + firsts_[static_cast<std::size_t>(bracket % count)];
}

std::int64_t Brackets::size_of(std::int64_t bracket) const {
  return std::min(plan(bracket).trials.front(), max_trials() - first_trial(bracket));
}

std::int64_t Brackets::resource(std::int64_t trial, std::int32_t rung) const {
  return plan(bracket(trial)).resources[static_cast<std::size_t>(rung)];
}

std::int32_t Brackets::num_rungs(std::int64_t trial) const {
  return static_cast<std::int32_t>(plan(bracket(trial)).resources.size());
}

std::optional<TrialStep> Brackets::promotion() {
  if (ready_.empty()) return std::nullopt;
  auto& [number, steps] = *ready_.begin();
  const TrialStep step = steps.front();
  steps.pop_front();
  if (steps.empty()) ready_.erase(ready_.begin());
  return step;
}

void Brackets::judge(const TrialStep& step, std::span<const double> values) {
  const std::int64_t number = bracket(step.trial);
  const std::int64_t size = size_of(number);
  Open& open = open_.try_emplace(number, Open{.size = size, .awaited = size}).first->second;
  if (std::isnan(values[0])) {
    settle(step.trial, TrialState::failed);
  } else {
    settle(step.trial, step.rung + 1 == num_rungs(step.trial) ? TrialState::complete : TrialState::paused);
    open.ranking.emplace_back(values[0], step.trial);
  }
  if (--open.awaited == 0) halve(number, open);
}

void Brackets::halve(std::int64_t number, Open& open) {
  const std::size_t rungs = plan(number).resources.size();
  const auto next = static_cast<std::size_t>(++open.rung);
  if (next == rungs || open.ranking.empty()) {
    open_.erase(number);
    return;
  }
  const std::int64_t planned = halved(open.size, rungs, eta_)[next];
  const std::size_t keep = std::min(static_cast<std::size_t>(planned), open.ranking.size());
  std::ranges::sort(open.ranking);
  for (std::size_t i = 0; i < open.ranking.size(); ++i) {
    const std::int64_t trial = open.ranking[i].second;
    if (i < keep) {
      ready_[number].push_back({trial, open.rung});
    } else {
      settle(trial, TrialState::pruned);
    }
  }
  open.awaited = static_cast<std::int64_t>(keep);
  open.ranking.clear();
}

void Brackets::closed() {
  if (open_.empty()) return;
  auto& [number, open] = *open_.rbegin();
  if (open.rung > 0) return;
  const std::int64_t missing = open.size - size_of(number);
  open.size -= missing;
  open.awaited -= missing;
  if (open.awaited == 0) halve(number, open);
}

}  // namespace jury
