#include "search/study/search_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "runtime/base/rng.hpp"
#include "runtime/base/text.hpp"
#include "search/sampler/sampler.hpp"
#include "search/study/study_checks.hpp"
#include "search/study/study_source.hpp"
#include "search/study/trial_pruner.hpp"
#include "search/study/trial_settings.hpp"

namespace jury {
namespace {

constexpr std::size_t kMostPoints = 1000;

std::unique_ptr<Sampler> sampler_of(const Experiment& experiment, const Space& space) {
  return make_sampler(*experiment.search, space, stream_key(experiment.experiment.seed, Purpose::sampler, {TaskKey::kNone}));
}

// What a trial with these settings trains. Throws ConfigError where they do not go together, or not with the data.
TrialEffort effort_of(const TrialContext& context, const Config::Table& values, const std::vector<TrialObjective>& objectives) {
  const TrialPlan trial(context, {}, values);
  const StudyPlan& plan = trial.plan();
  const std::vector<double> flops_per_draw = check_study(plan).flops_per_draw();
  TrialEffort effort;
  for (const TaskKey& key : plan.tasks()) {
    const bool counts = objectives.front().source == "oof" ? key.repeat != TaskKey::kNone : key.fold == TaskKey::kNone && key.replicate == TaskKey::kNone;
    (counts ? effort.fits : effort.rest) += static_cast<std::size_t>(plan.num_fits_of(key));
    (counts ? effort.flops : effort.rest_flops) += expected_flops(plan, key, flops_per_draw);
  }
  return effort;
}

void check_objectives(const CheckedSearch& checked, const StudyPlan& base) {
  if (checked.objectives.front().source == "oob" && !base.has_final())
    throw ConfigError("search.objective = \"" + checked.objectives.front().name() + "\" is of the final ensemble, and there is none (set final.refit = true)");
}

}  // namespace

void check_search_settings(const Experiment& experiment, Problems& problems) {
  const std::size_t before = problems.lines().size();
  const Space space = space_of(experiment, problems);
  read_objectives(*experiment.search, problems);
  if (problems.lines().size() != before) return;
  try {
    sampler_of(experiment, space);
  } catch (const ConfigError& error) {
    problems.add(std::string(error.what()));
  }
}

CheckedSearch check_search(const TrialContext& context, std::size_t enough) {
  const Experiment& experiment = context.experiment;
  CheckedSearch checked{.objectives = objectives_of(experiment, context.dataset)};
  Problems problems;
  checked.space = space_of(experiment, problems);
  problems.throw_if_any();
  const TrialPlan base(context, {}, {});
  check_objectives(checked, base.plan());
  checked.pruner = make_trial_pruner(*experiment.search, base.plan(), checked.space, checked.objectives);
  const auto sampler = sampler_of(experiment, checked.space);
  const auto most = static_cast<std::size_t>(std::min<std::int64_t>(experiment.search->trials, kMostPoints));
  while (checked.num_tried < most && checked.efforts.size() < enough) {
    const auto number = static_cast<std::int64_t>(checked.num_tried);
    const std::optional<Assignment> point = sampler->ask(number);
    if (!point) break;
    ++checked.num_tried;
    try {
      checked.efforts.push_back(effort_of(context, values_of(checked.space, *point), checked.objectives));
    } catch (const ConfigError& error) {
      if (checked.first_reason.empty()) checked.first_reason = fmt::format("{}: {}", checked.space.text(*point), error.what());
      std::ranges::replace(checked.first_reason, '\n', ';');
      const std::vector<double> failed(checked.objectives.size(), std::numeric_limits<double>::quiet_NaN());
      sampler->tell(number, *point, failed);
    }
  }
  if (checked.efforts.empty())
    throw ConfigError(fmt::format("search: none of {} can be trained; the first, {}", counted(checked.num_tried, "point"), checked.first_reason));
  return checked;
}

}  // namespace jury
