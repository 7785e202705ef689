// What a search drives: the work of one trial, and who makes it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/pool/task_source.hpp"
#include "runtime/store/record.hpp"
#include "search/pruner/pruner.hpp"
#include "search/sampler/space.hpp"
#include "search/study/joined_trials.hpp"
#include "search/study/search_section.hpp"
#include "search/study/trial_plan.hpp"
#include "search/study/trial_score.hpp"

namespace jury {

struct SearchResults;

/// How far a step takes a trial: its fits up to an epoch, so many members and folds; kAll: everything.
struct StepRange {
  static constexpr std::int64_t kAll = -1;
  std::int64_t epochs = kAll;
  std::int64_t members = kAll;
  std::int64_t folds = kAll;
};

/// A trial under way, on rank 0: its tasks, what came of them, and what they cost. All keys are those of the run.
class TrialWork {
 public:
  virtual ~TrialWork() = default;

  /// Records of earlier sessions that no pruner looked at: to be called before any step.
  virtual void restore(const std::vector<Record>& records) = 0;
  /// What is to be done for a step. Tasks whose records are among `known` are done at once, and taken out of there.
  virtual std::vector<ReadyTask> begin(const StepRange& range, std::map<TaskKey, Record>& known) = 0;
  virtual void done(const Record& record) = 0;
  /// Tasks of this trial that nobody needs any more.
  virtual std::vector<ReadyTask> take_withdrawn() { return {}; }
  virtual bool step_is_done() const = 0;

  /// Operations from the start of the trial to the end of a step, and what they are at least, known before it is done:
  /// the durations of the virtual clock.
  virtual double cost(const StepRange& range) const = 0;
  virtual double least_cost(const StepRange& range) const = 0;
  /// Of all that is done.
  virtual TrialScore score() const = 0;
  /// Of a fold, counted over repeats: the first objective of each of its rows, minimised. Empty where it is no mean
  /// over rows.
  virtual std::vector<double> losses_of(const TrialScore&, std::size_t /*fold*/) const { return {}; }
  /// Why there is no value, where score() has none.
  virtual std::string why_no_value() const = 0;

  /// What is left to be done once the trial is chosen.
  virtual std::vector<ReadyTask> begin_rest() { return {}; }
  virtual bool is_finished() const = 0;
  /// Fits that are left of what it is judged by, and of all.
  virtual std::size_t num_judged_left() const = 0;
  virtual std::size_t num_fits_left() const = 0;
};

/// What is searched, and how.
struct SearchTask {
  const SearchSection& section;
  std::int32_t outer = TaskKey::kNone;  ///< fold of the nested search
  std::uint64_t seed = 0;               ///< of the sampler
  Space space = {};
  std::vector<TrialObjective> objectives = {};
  PrunerInput rungs = {};
};

/// Makes the trials of one search.
class TrialMaker {
 public:
  virtual ~TrialMaker() = default;
  /// Throws ConfigError for a space, pruner or objective that does not go with what is searched.
  virtual SearchTask search_task() const = 0;
  /// A trial at these settings. Throws ConfigError where they do not go together.
  virtual std::unique_ptr<TrialWork> make(const TrialId& id, const TrialSettings& settings) = 0;
  /// A trial goes on from where another one is: what saves time is taken over.
  virtual void inherit(const TrialId& /*id*/, const TrialId& /*parent*/) {}
  /// All ranks find the settings of what was made so far: called before tasks of it are given out.
  virtual void publish() {}
  /// The study that trains the final predictor, where that is more than the best trial. `number` is the study's, and no
  /// trial's; there is at least one trial with a value.
  virtual std::optional<JoinedStudy> join(std::int32_t /*number*/, const std::vector<JoinCandidate>& /*complete*/) {
    return {};
  }
  /// That study cannot be made after all.
  virtual void do_not_join(const std::string& /*reason*/) {}
  /// A trial is over: what the results say of its fits is kept, all else is not needed any more.
  virtual void retire(const TrialId& id, TrialWork& work) = 0;
  /// Appends what was kept.
  virtual void report(SearchResults& results) const = 0;
};

}  // namespace jury
