#include "search/pruner/race.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace jury {

Race::Race(const PrunerOptions& options, const PrunerInput& input)
    : Pruner(input.trials),
      rungs_(geometric_rungs(input.max_resource, options)),
      num_folds_(input.folds),
      is_worse_(input.drop_test ? input.drop_test : fold_values_test(options.alpha)),
      ladder_(static_cast<std::int32_t>(rungs_.size()) - 1, options.eta) {
  if (num_folds_ < 2)
    throw ConfigError("search.pruner = \"race\" has " + counted(static_cast<std::uint64_t>(num_folds_), "fold") +
                      " to race over (it compares trials fold by fold) give [cv] more folds or repeats, or use asha");
}

std::int64_t Race::resource(std::int64_t, std::int32_t rung) const {
  return rung <= first_fold() ? rungs_[static_cast<std::size_t>(rung)] : rungs_.back() * (fold(rung) + 1);
}

std::int32_t Race::num_rungs(std::int64_t) const { return static_cast<std::int32_t>(first_fold() + num_folds_); }

std::optional<TrialStep> Race::promotion() {
  if (ready_.empty()) return ladder_.promotion();
  const TrialStep step = ready_.front();
  ready_.pop_front();
  return step;
}

void Race::judge(const TrialStep& step, std::span<const double> values) {
  const bool failed = std::isnan(values[0]);
  if (step.rung < first_fold()) {
    ladder_.add(step, values[0]);
    return settle(step.trial, failed ? TrialState::failed : TrialState::paused);
  }
  Folds& folds = folds_[step.trial];
  folds.emplace_back(values.begin(), values.end());
  if (failed) {
    settle(step.trial, TrialState::failed);
  } else if (step.rung + 1 == num_rungs(step.trial)) {
    finish(step.trial, std::move(folds));
  } else if (!best_.empty() && is_worse_({.trial = folds, .best = std::span(best_).first(folds.size())})) {
    settle(step.trial, TrialState::pruned);
  } else {
    settle(step.trial, TrialState::paused);
    ready_.push_back(after(step));
    return;
  }
  folds_.erase(step.trial);
}

void Race::finish(std::int64_t trial, Folds folds) {
  settle(trial, TrialState::complete);
  double sum = 0;
  for (const std::vector<double>& fold : folds) sum += fold[0];
  const std::pair rank(sum, trial);
  if (!best_.empty() && best_rank_ < rank) return;
  best_ = std::move(folds);
  best_rank_ = rank;
}

}  // namespace jury
