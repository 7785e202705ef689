// One search: which trials there are, what is to be done for them, and which is best.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "search/pruner/population.hpp"
#include "search/pruner/virtual_search.hpp"
#include "search/sampler/sampler.hpp"
#include "search/study/run_work.hpp"
#include "search/study/trial_work.hpp"

namespace jury {

/// Everything it decides is decided in the order of the virtual clock (VirtualSearch), so it is the same for any ranks
/// and any order of arrival. It holds nothing on disk: a later session replays the records.
class TrialSearch {
 public:
  static constexpr std::int64_t kMostUnderWay = 1000;  ///< trials whose studies are in memory

  /// Throws ConfigError for a space, sampler, pruner or objective that does not go with what is searched.
  explicit TrialSearch(std::unique_ptr<TrialMaker> maker);

  /// A record of an earlier session, of this search. False: it does not count, its task is to be done again.
  bool restore(const Record& record);
  /// What may be done now and was not given before; at the end, the rest of the best trial's study.
  std::vector<ReadyTask> take_ready();
  std::vector<ReadyTask> take_withdrawn() { return std::exchange(withdrawn_, {}); }
  void done(const Record& record);

  /// All trials are settled, and so is the chosen one's study.
  bool is_finished() const;
  /// Share of the trials that are settled.
  double share() const;
  std::int64_t num_trials_left() const noexcept { return pruner_->max_trials() - num_settled_; }
  std::size_t fits_left() const;
  SearchProgress progress() const;
  /// Since the last call, in the order of the virtual clock; earlier sessions' among the first.
  std::vector<SettledTrial> take_settled() { return std::exchange(settled_, {}); }

  /// The work of the best complete trial, or of the study that joins several; null while there is none.
  TrialWork* best() noexcept;
  /// Its number, and its value by the search's own folds. Expects one.
  std::int32_t chosen() const { return static_cast<std::int32_t>(shown().value()); }
  double chosen_value() const { return trials_.at(shown().value()).score.objectives.front(); }
  /// Appends what there is to say of its trials.
  void report(SearchResults& results) const;

 private:
  struct Trial {
    Assignment assignment;
    TrialSettings settings;
    std::uint64_t hash = 0;    // of the settings, once there is work
    std::int64_t parent = -1;  // of a population: the trial that it goes on from
    std::string error = {};
    std::unique_ptr<TrialWork> work = {};
    TrialScore score = {};
    double cost = 0;  // of the steps so far
    double start = 0, end = 0;
    bool is_settled = false;
  };

  /// Of a population a trial is one member in one generation.
  std::int64_t number_of(const TrialStep& step) const noexcept {
    return population_ != nullptr ? step.rung * task_.rungs.trials + step.trial : step.trial;
  }
  Trial& trial_at(const TrialStep& step);
  TrialStatus status_of(std::int64_t number) const;
  bool ask(std::int64_t number);
  double least(const TrialStep& step);
  void tell(const VirtualStep& at, std::span<const double> values);
  void begin(const TrialStep& step, std::vector<ReadyTask>& ready);
  void finish(const TrialStep& step);
  void finish_if_done(std::int64_t number);
  void settle(std::int64_t number);
  void retire(std::int64_t number);
  void choose();
  void join();
  std::optional<std::int64_t> shown() const noexcept { return joined_ ? joined_ : best_; }
  void tell_settled(std::int64_t number, TrialState state);
  bool set_up(Trial& trial, std::int64_t number);
  void restore_of(Trial& trial, std::int64_t number);
  static void add(const Trial& trial, std::vector<ReadyTask> tasks, std::vector<ReadyTask>& ready);
  StepRange range_of(const TrialStep& step) const;
  std::int64_t first_fold_rung(const TrialStep& step) const;
  std::int64_t fold_of(const TrialStep& step) const;
  TrialId id_of(std::int64_t number) const { return {task_.outer, static_cast<std::int32_t>(number)}; }

  std::unique_ptr<TrialMaker> maker_;
  SearchTask task_;
  std::unique_ptr<Sampler> sampler_;
  std::unique_ptr<Pruner> pruner_;
  const Population* population_ = nullptr;  // the pruner, where it is one
  std::unique_ptr<VirtualSearch> search_;
  std::map<std::int64_t, Trial> trials_;
  std::map<std::int64_t, std::vector<Record>> restored_;  // whole tasks, by trial
  std::map<TaskKey, Record> rungs_;                       // tasks that paused
  std::deque<TrialStep> queue_;                           // fixed, and not begun for want of room
  std::map<std::int64_t, TrialStep> under_way_;
  std::vector<ReadyTask> withdrawn_;
  std::vector<SettledTrial> settled_;
  std::optional<std::int64_t> best_;
  std::optional<std::int64_t> joined_;  // number of the study that trains several as one
  std::int64_t num_settled_ = 0;
  std::int64_t num_told_ = 0;
  bool chosen_ready_ = false;
};

}  // namespace jury
