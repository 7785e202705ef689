// The tasks of an experiment with their costs, for a simulation: nothing is done with their records.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "runtime/pool/task_source.hpp"
#include "search/study/search_checks.hpp"
#include "search/study/study_checks.hpp"

namespace jury {

/// Tasks that are all ready at once.
class ListedTasks final : public TaskSource {
 public:
  explicit ListedTasks(std::vector<ReadyTask> tasks) : tasks_(std::move(tasks)) {}
  std::vector<ReadyTask> take_ready() override { return std::exchange(tasks_, {}); }
  void done(const Record&) override {}

 private:
  std::vector<ReadyTask> tasks_;
};

/// Trials that are all alike, so many at once, then what follows of the chosen one.
class AlikeTrials final : public TaskSource {
 public:
  AlikeTrials(const TrialEffort& effort, std::int64_t trials, std::int64_t parallel);
  std::vector<ReadyTask> take_ready() override { return std::exchange(ready_, {}); }
  void done(const Record& record) override;
  std::size_t num_tasks() const noexcept { return static_cast<std::size_t>(trials_) * effort_.fits + effort_.rest; }

 private:
  void begin(std::int64_t trial);

  TrialEffort effort_;
  std::int64_t trials_;
  std::int64_t begun_ = 0;
  std::int64_t ended_ = 0;
  std::map<std::int32_t, std::size_t> left_;  // fits of the trials under way
  std::vector<ReadyTask> ready_;
};

/// So many tasks of `shortest` to `longest` seconds, evenly spread, on a rank of so many operations a second.
std::vector<ReadyTask> made_up_tasks(std::int64_t count, double shortest, double longest, double flops,
                                     std::uint64_t seed);

/// Those of a study.
std::vector<ReadyTask> tasks_of(const StudyPlan& plan, const CheckedStudy& checked);

/// Of a search: whole trials of mean effort, without pruning.
AlikeTrials trials_of(const CheckedSearch& checked);

}  // namespace jury
