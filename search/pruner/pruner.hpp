// Schedulers of trials and rungs: which part of which trial is worth doing next.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "search/pruner/drop_test.hpp"
#include "search/pruner/pruner_options.hpp"

namespace jury {

/// The part of a trial between the rung before (or its start) and this one. Rung 0 of the next number is a new trial.
struct TrialStep {
  std::int64_t trial = 0;
  std::int32_t rung = 0;
  auto operator<=>(const TrialStep&) const = default;
};

enum class TrialState : std::uint8_t {
  running,   ///< a step of it was given out and not reported
  paused,    ///< may go on; where the search ends, as good as pruned
  pruned,    ///< stopped below its last rung
  complete,  ///< reached its last rung
  failed,    ///< reported NaN
};

/// What a pruner knows of a trial.
struct TrialStatus {
  TrialState state = TrialState::running;
  std::int32_t rung = -1;  ///< last one reported, -1: none yet
  double value = 0;        ///< reported there
};

/// How many trials are in each state.
struct PrunerSummary {
  std::int64_t running = 0, paused = 0, pruned = 0, complete = 0, failed = 0;
};

/// Decides what free workers do. A state machine without clock, randomness and state on disk: equal calls in equal
/// order give equal decisions, so a search is continued by replaying its reports.
///
/// next() gives, in this order: a step of a trial that earned it; a new trial while there are fewer than asked for;
/// where nothing runs and no trial is complete, the best that waits, so that a search never ends without one that is
/// (unless all failed). Values are minimised, ties go to the lower trial, NaN is a failed trial.
///
/// With more trials asked for, all decisions are the same up to the first new trial that the smaller number refused.
/// Not so for successive_halving, whose one bracket depends on the number, and for the last, cut, bracket of hyperband.
class Pruner {
 public:
  virtual ~Pruner() = default;

  /// What a free worker does now. Nothing: wait for a report, or all is done if nothing runs. O(log trials).
  std::optional<TrialStep> next();
  /// The outcome of a step that next() gave. values[0] is the trial's value at the end of that rung, over all done so
  /// far (race: of the step's fold alone; what follows is handed to its DropTest); none or NaN: it failed.
  void report(const TrialStep& step, std::span<const double> values);
  /// The new trial that next() has just given does not exist (the sampler is exhausted), nor do any after it.
  void no_more_trials();

  /// Cumulative resource at the end of a rung; of the last one, everything. Also of trials not yet started.
  virtual std::int64_t resource(std::int64_t trial, std::int32_t rung) const = 0;
  virtual std::int32_t num_rungs(std::int64_t trial) const = 0;
  /// Number of the bracket a trial is in; trials compete within theirs.
  virtual std::int64_t bracket(std::int64_t) const { return 0; }

  std::int64_t max_trials() const noexcept { return max_trials_; }
  std::int64_t num_trials() const noexcept { return static_cast<std::int64_t>(trials_.size()); }
  std::int64_t num_running() const noexcept { return num_running_; }
  /// Expects trial < num_trials().
  const TrialStatus& status(std::int64_t trial) const;
  PrunerSummary summary() const;

 protected:
  explicit Pruner(std::int64_t max_trials);
  void settle(std::int64_t trial, TrialState state);

  /// A step that was earned, each given once.
  virtual std::optional<TrialStep> promotion() = 0;
  /// A report: settles the trial's state, and that of others it decides on.
  virtual void judge(const TrialStep& step, std::span<const double> values) = 0;
  /// The best step that was not earned, where nothing else is left and no trial is complete.
  virtual std::optional<TrialStep> last_resort() { return std::nullopt; }
  /// max_trials() has sunk to num_trials().
  virtual void closed() {}

 private:
  TrialStep start(const TrialStep& step);

  std::int64_t max_trials_;
  std::int64_t num_running_ = 0;
  std::int64_t num_complete_ = 0;
  std::vector<TrialStatus> trials_;
};

/// What a pruner is told of the search.
struct PrunerInput {
  std::int64_t trials = 1;        ///< most there may be
  std::int64_t max_resource = 1;  ///< of a whole trial; race: of one fold, 1 where the folds are all there is
  std::int64_t folds = 1;         ///< race: folds times repeats
  DropTest drop_test = {};        ///< race: none given: fold_values_test(options.alpha)
};

/// One line of the family's table.
struct PrunerEntry {
  std::string_view name;
  std::string_view summary;
  std::unique_ptr<Pruner> (*make)(const PrunerOptions&, const PrunerInput&);
};

/// Every pruner there is; search/pruner/README.md says how to add one.
std::span<const PrunerEntry> pruners() noexcept;

/// The chosen pruner. Expects at least one trial and a positive resource. Throws ConfigError when there is no such
/// method, when the lowest rung is above the whole, and when race has fewer than two folds.
std::unique_ptr<Pruner> make_pruner(const PrunerOptions& options, const PrunerInput& input);

/// What pruners share: the step after `step`.
inline TrialStep after(const TrialStep& step) noexcept { return {step.trial, step.rung + 1}; }

/// What pruners share: resources of the rungs floor(max / eta^k), k = K, ..., 1, 0, those that are at least `min`.
std::vector<std::int64_t> geometric_rungs(std::int64_t max, const PrunerOptions& options);

}  // namespace jury
