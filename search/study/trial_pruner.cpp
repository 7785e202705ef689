#include "search/study/trial_pruner.hpp"

#include <algorithm>
#include <utility>

namespace jury {
namespace {

// Most of what the rungs count there is of.
std::int64_t most_of(const std::string& resource, const StudyPlan& plan) {
  const Experiment& experiment = plan.experiment();
  if (resource == "members") return max_members(experiment.ensemble);
  if (resource == "folds") return std::int64_t{plan.num_folds()} * plan.num_repeats();
  return experiment.train.epochs;
}

[[noreturn]] void refuse(const SearchSection& search, const std::string& why, const Origin& at = {}) {
  throw ConfigError(prefix(at) + "search.pruner = \"" + search.pruner + "\" does not go with " + why);
}

const Parameter* find(const Space& space, std::string_view path) {
  const auto index = space.find(path);
  return index ? &space.parameters()[*index] : nullptr;
}

bool may_be_a_word(const Distribution& distribution) {
  for (std::int64_t level = 0; level < distribution.num_levels() && !distribution.is_numeric(); ++level)
    if (distribution.value(distribution.cell(level).middle()).as<std::string>() != nullptr) return true;
  return false;
}

// A fit that paused after an epoch goes on with the next, and members of a bag are trained one by one; whatever follows from
// other fits is no such thing.
void check_fits(const SearchSection& search, const StudyPlan& plan) {
  const Configuration& own = plan.experiment();
  const std::string resource = rung_resource(search);
  if (resource == "folds") return;
  if (traits_of(own.ensemble).is_sequential || plan.is_stack() || is_auto(own.ensemble))
    refuse(search, "ensemble.method = \"" + own.ensemble.method + "\" or members = \"auto\" over rungs of " + resource + " (set search.rungs.resource to \"folds\")");
  if (resource == "epochs" && trains_trees(own))
    refuse(search, "model.type = \"xgboost\" over rungs of epochs (set search.rungs.resource to \"folds\")");
}

void check_space(const SearchSection& search, const Space& space) {
  const std::string resource = rung_resource(search);
  for (const auto& [kind, path] : {std::pair("epochs", "train.epochs"), std::pair("members", "ensemble.members")})
    if (const Parameter* parameter = find(space, path); parameter != nullptr && resource == kind)
      refuse(search, std::string(path) + " in the space (it is what the rungs give out) take one of them out", parameter->origin);
  if (resource == "folds") return;
  for (const char* path : {"ensemble.method", "model.type"})
    if (const Parameter* parameter = find(space, path))
      refuse(search, std::string(path) + " in the space (rungs of " + resource + " mean other things in each) set search.rungs.resource to \"folds\"",
             parameter->origin);
  if (const Parameter* members = find(space, "ensemble.members"); members != nullptr && may_be_a_word(members->distribution))
    refuse(search, "ensemble.members = \"auto\" in the space over rungs of " + resource + " (set search.rungs.resource to \"folds\")", members->origin);
}

}  // namespace

std::string rung_resource(const SearchSection& search) { return search.pruner == "race" ? "folds" : search.rungs.resource; }

std::unique_ptr<Pruner> make_trial_pruner(const SearchSection& search, const StudyPlan& base, const Space& space,
                                          const std::vector<TrialObjective>& objectives) {
  const std::string resource = rung_resource(search);
  if (search.pruner != "none") {
    check_fits(search, base);
    check_space(search, space);
    if (resource == "folds" && objectives.front().source != "oof")
      throw ConfigError("search.pruner = \"" + search.pruner + "\" over folds needs an objective of folds (\"oob.\" scores have none)");
  }
  PrunerOptions rungs = search.rungs;
  rungs.method = search.pruner;
  return make_pruner(rungs, {.trials = search.trials,
                             .max_resource = search.pruner == "race" ? 1 : std::max<std::int64_t>(1, most_of(resource, base)),
                             .folds = std::max<std::int64_t>(1, std::int64_t{base.num_folds()} * base.num_repeats())});
}

}  // namespace jury
