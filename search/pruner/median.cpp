#include "search/pruner/median.hpp"

#include <algorithm>
#include <cmath>

#include "runtime/base/error.hpp"

namespace jury {

void RunningMedian::add(double value) {
  if (lower_.empty() || value <= lower_.top()) {
    lower_.push(value);
  } else {
    upper_.push(value);
  }
  if (lower_.size() > upper_.size() + 1) {
    upper_.push(lower_.top());
    lower_.pop();
  } else if (upper_.size() > lower_.size()) {
    lower_.push(upper_.top());
    upper_.pop();
  }
}

double RunningMedian::median() const {
  JURY_EXPECTS(!lower_.empty());
  if (lower_.size() > upper_.size() || lower_.top() == upper_.top()) return lower_.top();
  return 0.5 * lower_.top() + 0.5 * upper_.top();
}

Median::Median(const PrunerOptions& options, const PrunerInput& input)
    : Pruner(input.trials),
      whole_(input.max_resource),
      interval_(options.interval > 0 ? options.interval : (whole_ + 9) / 10),
      warmup_(options.warmup),
      startup_(options.startup_trials),
      medians_(static_cast<std::size_t>((whole_ + interval_ - 1) / interval_)) {}

std::int64_t Median::resource(std::int64_t, std::int32_t rung) const {
  return std::min(whole_, interval_ * (rung + 1));
}

std::optional<TrialStep> Median::promotion() {
  if (ready_.empty()) return std::nullopt;
  const TrialStep step = ready_.front();
  ready_.pop_front();
  return step;
}

bool Median::is_behind(const TrialStep& step, const std::vector<double>& curve) const {
  if (num_complete_ < startup_ || resource(step.trial, step.rung) < warmup_) return false;
  return std::ranges::min(curve) > medians_[static_cast<std::size_t>(step.rung)].median();
}

void Median::judge(const TrialStep& step, std::span<const double> values) {
  std::vector<double>& curve = curves_[step.trial];
  curve.push_back(values[0]);
  if (std::isnan(values[0])) {
    settle(step.trial, TrialState::failed);
  } else if (curve.size() == medians_.size()) {
    settle(step.trial, TrialState::complete);
    ++num_complete_;
    for (std::size_t rung = 0; rung < curve.size(); ++rung) medians_[rung].add(curve[rung]);
  } else if (is_behind(step, curve)) {
    settle(step.trial, TrialState::pruned);
  } else {
    settle(step.trial, TrialState::paused);
    ready_.push_back(after(step));
    return;
  }
  curves_.erase(step.trial);
}

}  // namespace jury
