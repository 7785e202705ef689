#include "tools/command/simulated_tasks.hpp"

#include <algorithm>

#include "runtime/base/rng.hpp"
#include "search/study/study_source.hpp"

namespace jury {

AlikeTrials::AlikeTrials(const TrialEffort& effort, std::int64_t trials, std::int64_t parallel)
    : effort_(effort), trials_(trials) {
  for (std::int64_t trial = 0; trial < std::min(trials, parallel); ++trial) begin(trial);
}

void AlikeTrials::begin(std::int64_t trial) {
  ++begun_;
  const auto number = static_cast<std::int32_t>(trial);
  left_[number] = effort_.fits;
  for (std::size_t fit = 0; fit < effort_.fits; ++fit)
    ready_.push_back({{.trial = number, .member = static_cast<std::int32_t>(fit)},
                      effort_.flops / static_cast<double>(effort_.fits)});
}

void AlikeTrials::done(const Record& record) {
  const auto trial = left_.find(record.key.trial);
  if (trial == left_.end() || --trial->second > 0) return;  // of what follows
  left_.erase(trial);
  if (begun_ < trials_) begin(begun_);
  if (++ended_ < trials_) return;
  for (std::size_t fit = 0; fit < effort_.rest; ++fit)
    ready_.push_back({{.trial = static_cast<std::int32_t>(trials_), .member = static_cast<std::int32_t>(fit)},
                      effort_.rest_flops / static_cast<double>(effort_.rest)});
}

std::vector<ReadyTask> made_up_tasks(std::int64_t count, double shortest, double longest, double flops,
                                     std::uint64_t seed) {
  Rng rng(stream_key(seed, Purpose::noise, {}));
  std::vector<ReadyTask> tasks;
  tasks.reserve(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i)
    tasks.push_back(
        {{.member = static_cast<std::int32_t>(i)}, (shortest + (longest - shortest) * rng.uniform()) * flops});
  return tasks;
}

std::vector<ReadyTask> tasks_of(const StudyPlan& plan, const CheckedStudy& checked) {
  std::vector<ReadyTask> tasks;
  for (const TaskKey& key : plan.tasks()) tasks.push_back({key, expected_flops(plan, key, checked.flops_per_draw())});
  return tasks;
}

AlikeTrials trials_of(const CheckedSearch& checked) {
  TrialEffort mean;
  const double share = 1 / static_cast<double>(checked.efforts.size());
  for (const TrialEffort& effort : checked.efforts) {
    mean.fits = std::max(mean.fits, effort.fits);
    mean.flops += effort.flops * share;
    mean.rest = std::max(mean.rest, effort.rest);
    mean.rest_flops += effort.rest_flops * share;
  }
  std::int64_t trials = pruner_of(checked.task)->max_trials();
  if (const auto points = checked.task.space.count(static_cast<std::size_t>(trials)))
    trials = std::min(trials, static_cast<std::int64_t>(*points));
  return {mean, trials, checked.task.section.parallel};
}

}  // namespace jury
