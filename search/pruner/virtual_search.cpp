#include "search/pruner/virtual_search.hpp"

#include <algorithm>
#include <cmath>

#include "runtime/base/error.hpp"

namespace jury {

VirtualSearch::VirtualSearch(Pruner& pruner, const Settings& settings, Hooks hooks)
    : pruner_(pruner), settings_(settings), hooks_(std::move(hooks)) {
  JURY_EXPECTS(settings.workers > 0 && hooks_.ask && hooks_.least && hooks_.tell);
  for (std::int32_t worker = 0; worker < settings.workers; ++worker) free_.emplace(0.0, worker);
}

std::vector<TrialStep> VirtualSearch::start_what_is_fixed() {
  if (settings_.proposals == Proposals::independent && num_asked_ < 0) ask_for_all();
  do serve_free_workers();
  while (handle_earliest_end());
  return std::exchange(given_out_, {});
}

void VirtualSearch::ask_for_all() {
  num_asked_ = 0;
  while (num_asked_ < pruner_.max_trials() && hooks_.ask(num_asked_)) given_out_.push_back({num_asked_++, 0});
}

bool VirtualSearch::exists(const TrialStep& step) {
  if (step.rung > 0) return true;
  return num_asked_ < 0 ? hooks_.ask(step.trial) : step.trial < num_asked_;
}

void VirtualSearch::serve_free_workers() {
  while (!free_.empty()) {
    const auto step = pruner_.next();
    if (!step) return;
    if (!exists(*step)) {
      pruner_.no_more_trials();
      continue;
    }
    const std::int32_t worker = free_.begin()->second;
    free_.erase(free_.begin());
    start(*step, worker);
  }
}

void VirtualSearch::start(const TrialStep& step, std::int32_t worker) {
  const double least = hooks_.least(step);
  JURY_EXPECTS(least >= 0);
  const VirtualStep at{.step = step, .worker = worker, .start = now_, .end = now_ + least};
  Running& running = running_.emplace(step.trial, Running{at, least}).first->second;
  bounds_.emplace(at.end, step.trial);
  if (num_asked_ < 0 || step.rung > 0) given_out_.push_back(step);
  if (const auto outcome = outcomes_.find(step); outcome != outcomes_.end()) place_end(running, outcome->second);
}

void VirtualSearch::place_end(Running& running, const Outcome& outcome) {
  bounds_.erase({running.at.end, running.at.step.trial});
  running.at.end = running.at.start + std::max(outcome.duration, running.least);
  known_.emplace(running.at.end, running.at.step.trial);
}

void VirtualSearch::finished(const TrialStep& step, double duration, std::vector<double> values) {
  JURY_EXPECTS(std::isfinite(duration) && duration >= 0);
  const auto running = running_.find(step.trial);
  const bool has_started = running != running_.end() && running->second.at.step == step;
  JURY_EXPECTS(has_started || (step.rung == 0 && step.trial >= pruner_.num_trials() && step.trial < num_asked_));
  const auto [outcome, is_new] = outcomes_.emplace(step, Outcome{duration, std::move(values)});
  JURY_EXPECTS(is_new);
  if (has_started) place_end(running->second, outcome->second);
}

bool VirtualSearch::handle_earliest_end() {
  if (known_.empty() || (!bounds_.empty() && *bounds_.begin() < *known_.begin())) return false;
  const auto running = running_.find(known_.begin()->second);
  known_.erase(known_.begin());
  const VirtualStep at = running->second.at;
  running_.erase(running);
  now_ = at.end;
  const auto outcome = outcomes_.extract(at.step);
  pruner_.report(at.step, outcome.mapped().values);
  hooks_.tell(at, outcome.mapped().values);
  free_.emplace(now_, at.worker);
  return true;
}

}  // namespace jury
