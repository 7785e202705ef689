// The clock of a search: virtual workers, whose order decides, whatever the real ones do.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "search/pruner/pruner.hpp"

namespace jury {

/// A step on the virtual timeline.
struct VirtualStep {
  TrialStep step;
  std::int32_t worker = 0;
  double start = 0;
  double end = 0;
};

/// Runs a pruner as if on `workers` workers whose steps take the durations they are declared to take, and gives out
/// each real step as soon as the virtual schedule fixes it.
///
/// The law of the timeline:
///   - a worker that is free at time t asks the pruner; a step ends at t + max(duration, least);
///   - a worker for which there is nothing waits for the next end;
///   - ends are handled one at a time, by (end, trial): report to the pruner, tell, then all free workers are served,
///   by
///     (time they became free, number).
/// An end is handled once no running step can come before it: each has a known end, or its start + least as a bound. So
/// everything decided depends on durations and values alone, never on the order in which finished() is called, and the
/// closer `least` is to the duration, the further real ranks run ahead.
///
/// Two different calls never happen at once: no thread is started, none is safe. O(log) of trials and workers per step.
class VirtualSearch {
 public:
  struct Hooks {
    /// Proposes the settings of a new trial; called in the order of trials. False: the sampler is exhausted.
    std::function<bool(std::int64_t trial)> ask;
    /// A lower bound, >= 0, of a step's duration. A step that takes less counts as this long.
    std::function<double(const TrialStep&)> least;
    /// A result is visible, and the pruner knows of it; called in the order of the virtual clock.
    std::function<void(const VirtualStep&, std::span<const double> values)> tell;
  };
  /// Independent proposals (grid, random, sobol) are all asked for at the start: every trial's first step is fixed
  /// then.
  enum class Proposals { depend_on_results, independent };
  struct Settings {
    std::int32_t workers = 8;
    Proposals proposals = Proposals::depend_on_results;
  };

  /// The pruner is kept by reference. Expects workers > 0.
  VirtualSearch(Pruner& pruner, const Settings& settings, Hooks hooks);

  /// The steps that must really be run and were not yet given out, the virtually earliest first, but for the first
  /// steps of independent proposals, which come all at once. To be called at the start and after results came in.
  std::vector<TrialStep> start_what_is_fixed();
  /// The outcome of a step that was given out, in any order. Expects a finite duration >= 0.
  void finished(const TrialStep& step, double duration, std::vector<double> values);

  /// Nothing runs, and nothing is left to start. True only after start_what_is_fixed().
  bool is_done() const noexcept { return running_.empty(); }
  /// Virtual time up to which all is decided.
  double now() const noexcept { return now_; }

 private:
  struct Outcome {
    double duration = 0;
    std::vector<double> values = {};
  };
  struct Running {
    VirtualStep at;  // its end is known, or a bound
    double least = 0;
  };
  using Order = std::pair<double, std::int64_t>;  // (end or bound, trial)

  void ask_for_all();
  bool exists(const TrialStep& step);
  void serve_free_workers();
  void start(const TrialStep& step, std::int32_t worker);
  void place_end(Running& running, const Outcome& outcome);
  bool handle_earliest_end();

  Pruner& pruner_;
  Settings settings_;
  Hooks hooks_;
  double now_ = 0;
  std::int64_t num_asked_ = -1;                     // independent proposals that exist; -1: not asked for all
  std::set<std::pair<double, std::int32_t>> free_;  // (since when, worker)
  std::map<std::int64_t, Running> running_;         // by trial
  std::set<Order> known_;                           // ends
  std::set<Order> bounds_;                          // of those whose end is not known
  std::map<TrialStep, Outcome> outcomes_;           // of steps not yet handled
  std::vector<TrialStep> given_out_;
};

}  // namespace jury
