#include "search/study/search_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "runtime/base/text.hpp"
#include "search/pruner/population.hpp"
#include "search/sampler/sampler.hpp"
#include "search/study/study_trials.hpp"
#include "search/study/trial_settings.hpp"

namespace jury {
namespace {

constexpr std::size_t kMostPoints = 1000;

// What a trial with these settings trains. Throws ConfigError where they do not go together, or not with the data.
TrialEffort effort_of(const TrialContext& context, const TrialSettings& settings, const SearchTask& task) {
  const BlobStore blobs("");
  const StudyTrial trial(context, {}, settings, blobs, task.objectives);
  const std::vector<double> flops_per_draw = check_study(trial.plan()).flops_per_draw();
  TrialEffort effort;
  for (const TaskKey& key : trial.plan().tasks()) {
    const bool counts = task.objectives.front().source == "oof"
                            ? key.repeat != TaskKey::kNone
                            : key.fold == TaskKey::kNone && key.replicate == TaskKey::kNone;
    (counts ? effort.fits : effort.rest) += static_cast<std::size_t>(trial.plan().num_fits_of(key));
    (counts ? effort.flops : effort.rest_flops) += expected_flops(trial.plan(), key, flops_per_draw);
  }
  return effort;
}

}  // namespace

void check_search_settings(const Experiment& experiment, Problems& problems) {
  const std::size_t before = problems.lines().size();
  const Space space = space_of(experiment, problems);
  read_objectives(*experiment.search, problems);
  if (problems.lines().size() != before) return;
  try {
    make_sampler(*experiment.search, space, experiment.experiment.seed);
  } catch (const ConfigError& error) {
    problems.add(std::string(error.what()));
  }
}

CheckedSearch check_search(const StudyPlan& base, std::size_t enough) {
  const TrialContext context = trial_context(base, "");
  const BlobStore blobs("");
  CheckedSearch checked{.task = StudyTrials(context, blobs, TaskKey::kNone).search_task(),
                        .selects = base.experiment().final.trials == "selection",
                        .outer_folds = base.experiment().cv ? base.experiment().cv->outer_folds : 0};
  pruner_of(checked.task);
  const auto sampler = make_sampler(checked.task.section, checked.task.space, checked.task.seed);
  const auto most = static_cast<std::size_t>(std::min<std::int64_t>(checked.task.section.trials, kMostPoints));
  while (checked.num_tried < most && checked.efforts.size() < enough) {
    const auto number = static_cast<std::int64_t>(checked.num_tried);
    const std::optional<Assignment> point = sampler->ask(number);
    if (!point) break;
    ++checked.num_tried;
    try {
      checked.efforts.push_back(effort_of(context, {.values = values_of(checked.task.space, *point)}, checked.task));
    } catch (const ConfigError& error) {
      if (checked.first_reason.empty())
        checked.first_reason = fmt::format("{}: {}", checked.task.space.text(*point), error.what());
      std::ranges::replace(checked.first_reason, '\n', ';');
      const std::vector<double> failed(checked.task.objectives.size(), std::numeric_limits<double>::quiet_NaN());
      sampler->tell(number, *point, failed);
    }
  }
  if (checked.efforts.empty())
    throw ConfigError(fmt::format("search: none of {} can be trained; the first, {}",
                                  counted(checked.num_tried, "point"), checked.first_reason));
  return checked;
}

std::unique_ptr<Pruner> pruner_of(const SearchTask& task) {
  if (task.section.pruner == "pbt") return std::make_unique<Population>(task.section.population, task.rungs, task.seed);
  PrunerOptions rungs = task.section.rungs;
  rungs.method = task.section.pruner;
  return make_pruner(rungs, task.rungs);
}

}  // namespace jury
