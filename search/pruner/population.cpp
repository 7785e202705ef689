#include "search/pruner/population.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/base/error.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

enum class Draw : std::int64_t { parent, settings };
std::uint64_t copy_key(std::uint64_t seed, std::int64_t trial, std::int32_t generation, Draw what) {
  return stream_key(seed, Purpose::sampler, {trial, generation, static_cast<std::int64_t>(what)});
}

TrialStep parent(std::span<const Copy> lineage, const TrialStep& step) {
  const auto before = [](const Copy& copy, const TrialStep& s) {
    return std::pair(copy.generation, copy.trial) < std::pair(s.rung, s.trial);
  };
  const auto at = std::lower_bound(lineage.begin(), lineage.end(), step, before);
  const bool copied = at != lineage.end() && at->generation == step.rung && at->trial == step.trial;
  return {copied ? at->copied_from : step.trial, step.rung - 1};
}

}  // namespace

Population::Population(const PopulationOptions& options, const PrunerInput& input, std::uint64_t seed)
    : Pruner(input.trials),
      interval_(options.interval),
      whole_(input.max_resource),
      share_(options.share),
      seed_(seed) {
  JURY_EXPECTS(interval_ > 0 && whole_ > 0 && share_ >= 0 && share_ <= 0.5);
}

std::int64_t Population::resource(std::int64_t, std::int32_t rung) const {
  return std::min(whole_, interval_ * (rung + 1));
}

std::int32_t Population::num_rungs(std::int64_t) const {
  return static_cast<std::int32_t>((whole_ + interval_ - 1) / interval_);
}

TrialStep Population::parent_of(const TrialStep& step) const {
  JURY_EXPECTS(step.rung > 0 && step.rung <= generation_);
  return parent(lineage_, step);
}

std::optional<TrialStep> Population::promotion() {
  if (ready_.empty()) return std::nullopt;
  const TrialStep step = ready_.front();
  ready_.pop_front();
  return step;
}

void Population::judge(const TrialStep& step, std::span<const double> values) {
  ranking_.emplace_back(values[0], step.trial);
  settle(step.trial, TrialState::paused);
  if (std::ssize(ranking_) == max_trials()) turn();
}

void Population::closed() {
  if (!ranking_.empty() && std::ssize(ranking_) == max_trials()) turn();
}

void Population::turn() {
  const auto failed = std::ranges::stable_partition(ranking_, [](const auto& each) { return !std::isnan(each.first); });
  std::sort(ranking_.begin(), failed.begin());
  std::ranges::sort(failed, {}, &std::pair<double, std::int64_t>::second);
  if (failed.size() == ranking_.size() || generation_ + 1 == num_rungs(0)) {
    for (const auto& [value, trial] : ranking_)
      settle(trial, std::isnan(value) ? TrialState::failed : TrialState::complete);
    return;
  }
  ++generation_;
  exchange(failed.size());
  for (std::int64_t trial = 0; trial < num_trials(); ++trial) ready_.push_back({trial, generation_});
  ranking_.clear();
}

void Population::exchange(std::size_t num_failed) {
  const auto share = static_cast<std::size_t>(share_ * static_cast<double>(ranking_.size()));
  const std::size_t num_copies = std::max(share, num_failed);
  const std::size_t num_parents = std::clamp<std::size_t>(share, 1, ranking_.size() - num_failed);
  const std::size_t first = lineage_.size();
  for (std::size_t i = ranking_.size() - num_copies; i < ranking_.size(); ++i) {
    Rng rng(copy_key(seed_, ranking_[i].second, generation_, Draw::parent));
    const std::int64_t from = ranking_[rng.below(num_parents)].second;
    lineage_.push_back({.generation = generation_, .trial = ranking_[i].second, .copied_from = from});
  }
  std::ranges::sort(lineage_.begin() + static_cast<std::ptrdiff_t>(first), lineage_.end(), {}, &Copy::trial);
}

std::vector<TrialStep> ancestry(std::span<const Copy> lineage, const TrialStep& last) {
  std::vector<TrialStep> steps{last};
  while (steps.back().rung > 0) steps.push_back(parent(lineage, steps.back()));
  std::ranges::reverse(steps);
  return steps;
}

std::vector<std::vector<double>> settings_schedule(
    std::span<const TrialStep> ancestry, std::uint64_t seed,
    const std::function<std::vector<double>(std::int64_t trial)>& initial, const Explore& explore) {
  JURY_EXPECTS(!ancestry.empty() && ancestry[0].rung == 0);
  std::vector<std::vector<double>> schedule{initial(ancestry[0].trial)};
  for (std::size_t g = 1; g < ancestry.size(); ++g) {
    const auto& [trial, generation] = ancestry[g];
    schedule.push_back(trial == ancestry[g - 1].trial
                           ? schedule.back()
                           : explore(schedule.back(), copy_key(seed, trial, generation, Draw::settings)));
  }
  return schedule;
}

std::vector<double> explored(std::span<const double> settings, const PopulationOptions& options, std::uint64_t key) {
  Rng rng(key);
  std::vector<double> result(settings.begin(), settings.end());
  for (double& x : result) {
    const double chance = rng.uniform();
    const double place = rng.uniform();
    const double shift = place < 0.5 ? -options.perturb : options.perturb;
    if (!std::isnan(x)) x = chance < options.resample ? place : std::clamp(x + shift, 0.0, 1.0);
  }
  return result;
}

}  // namespace jury
