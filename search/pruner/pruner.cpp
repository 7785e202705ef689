#include "search/pruner/pruner.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"
#include "search/pruner/asha.hpp"
#include "search/pruner/brackets.hpp"
#include "search/pruner/full_trials.hpp"
#include "search/pruner/median.hpp"
#include "search/pruner/race.hpp"

namespace jury {
namespace {

template <class Concrete>
constexpr PrunerEntry entry(std::string_view name, std::string_view summary) {
  return {name, summary, [](const PrunerOptions& options, const PrunerInput& input) -> std::unique_ptr<Pruner> {
            return std::make_unique<Concrete>(options, input);
          }};
}

}  // namespace

Pruner::Pruner(std::int64_t max_trials) : max_trials_(max_trials) { JURY_EXPECTS(max_trials > 0); }

std::optional<TrialStep> Pruner::next() {
  if (const auto step = promotion()) return start(*step);
  if (num_trials() < max_trials_) {
    trials_.emplace_back();
    ++num_running_;
    return TrialStep{num_trials() - 1, 0};
  }
  if (num_running_ > 0 || num_complete_ > 0) return std::nullopt;
  const auto step = last_resort();
  return step ? std::optional(start(*step)) : std::nullopt;
}

TrialStep Pruner::start(const TrialStep& step) {
  JURY_EXPECTS(status(step.trial).state == TrialState::paused && status(step.trial).rung + 1 == step.rung);
  trials_[static_cast<std::size_t>(step.trial)].state = TrialState::running;
  ++num_running_;
  return step;
}

void Pruner::report(const TrialStep& step, std::span<const double> values) {
  JURY_EXPECTS(status(step.trial).state == TrialState::running && status(step.trial).rung + 1 == step.rung);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::span<const double> known = values.empty() ? std::span(&nan, 1) : values;
  TrialStatus& trial = trials_[static_cast<std::size_t>(step.trial)];
  trial.rung = step.rung;
  trial.value = known[0];
  --num_running_;
  judge(step, known);
  JURY_EXPECTS(trial.state != TrialState::running);
}

void Pruner::settle(std::int64_t trial, TrialState state) {
  JURY_EXPECTS(state != TrialState::running);
  trials_[static_cast<std::size_t>(trial)].state = state;
  if (state == TrialState::complete) ++num_complete_;
}

void Pruner::no_more_trials() {
  JURY_EXPECTS(!trials_.empty() && trials_.back().state == TrialState::running && trials_.back().rung == -1);
  trials_.pop_back();
  --num_running_;
  max_trials_ = num_trials();
  closed();
}

const TrialStatus& Pruner::status(std::int64_t trial) const {
  JURY_EXPECTS(trial >= 0 && trial < num_trials());
  return trials_[static_cast<std::size_t>(trial)];
}

PrunerSummary Pruner::summary() const {
  PrunerSummary summary;
  for (const TrialStatus& trial : trials_) switch (trial.state) {
      case TrialState::running:
        ++summary.running;
        break;
      case TrialState::paused:
        ++summary.paused;
        break;
      case TrialState::pruned:
        ++summary.pruned;
        break;
      case TrialState::complete:
        ++summary.complete;
        break;
      case TrialState::failed:
        ++summary.failed;
        break;
    }
  return summary;
}

std::span<const PrunerEntry> pruners() noexcept {
  static constexpr PrunerEntry table[] = {
      entry<FullTrials>("none", "every trial is trained to the end"),
      entry<Median>("median", "a trial worse than the median of the complete ones at its rung is stopped"),
      entry<SuccessiveHalving>("successive_halving", "all trials start small, one in eta goes on at each rung"),
      entry<Hyperband>("hyperband", "brackets of successive halving, from many small starts to few whole ones"),
      entry<Asha>("asha", "successive halving that waits for nobody"),
      entry<Race>("race", "folds one after the other, until a trial is proven worse than the best"),
  };
  return table;
}

std::unique_ptr<Pruner> make_pruner(const PrunerOptions& options, const PrunerInput& input) {
  JURY_EXPECTS(input.trials > 0 && input.max_resource > 0 && input.folds > 0);
  std::vector<std::string_view> known;
  for (const PrunerEntry& line : pruners()) {
    if (line.name == options.method) return line.make(options, input);
    known.push_back(line.name);
  }
  throw ConfigError("search.pruner = \"" + options.method + "\" is unknown" + suggestion(options.method, known));
}

std::vector<std::int64_t> geometric_rungs(std::int64_t max, const PrunerOptions& options) {
  JURY_EXPECTS(options.eta >= 2 && options.min_resource >= 1);
  if (options.min_resource > max)
    throw ConfigError("search: the lowest rung has " + std::to_string(options.min_resource) + " of only " +
                      counted(static_cast<std::uint64_t>(max), "unit") + " of " + options.resource +
                      " (min_resource is above the whole) choose a smaller min_resource");
  std::vector<std::int64_t> rungs;
  // Floors of quotients nest: floor(floor(max / eta) / eta) = floor(max / eta^2).
  for (std::int64_t at = max; at >= options.min_resource; at /= options.eta) rungs.push_back(at);
  std::ranges::reverse(rungs);
  return rungs;
}

}  // namespace jury
