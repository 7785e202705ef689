#include "search/study/objective_experiment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

#include "search/sampler/read_space.hpp"
#include "search/sampler/sampler.hpp"
#include "search/study/trial_settings.hpp"

namespace jury {
namespace {

constexpr std::array<std::string_view, 7> kSections = {"schema", "experiment", "objective", "search",
                                                       "budget", "resources",  "output"};

std::string_view parameter_of(std::string_view path) {
  const bool is_one = path.starts_with(kObjectivePoint) && path.substr(kObjectivePoint.size()).starts_with('.');
  return is_one ? path.substr(kObjectivePoint.size() + 1) : std::string_view();
}

std::vector<std::string> parameters_of(const ObjectiveOptions& objective) {
  std::vector<std::string> names;
  for (const auto& parameter : objective_function(objective.function).parameters(objective.dims))
    names.push_back(parameter.name);
  return names;
}

bool is_one_of(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

void check_sections(const Config& given, Problems& problems) {
  for (const auto& [section, value] : *given.as<Config::Table>())
    if (const bool* on = value.as<bool>(); !goes_with_objective(section) && !(on != nullptr && !*on))
      problems.add(value.origin(), fmt::format("[{}] does not go with [objective] (a function is searched, and nothing "
                                               "is trained) leave one of them out",
                                               section));
}

void check_search(const SearchSection& search, const Config& given, Problems& problems) {
  const auto refuse = [&](const char* path, const std::string& text) {
    const Config* at = given.find_path(path);
    problems.add(at != nullptr ? at->origin() : given.origin(), path + (" does not go with [objective] (" + text));
  };
  const Config automatic(std::string("auto"));
  if (search.objective != automatic) refuse("search.objective", "objective.function is what is searched) leave it out");
  if (search.direction != automatic) refuse("search.direction", "its function is minimised) leave it out");
  if (to_config(search.limits) != to_config(LimitOptions()))
    refuse("search.limits", "a function declares no cost) leave it out");
  if (search.pruner == "pbt")
    refuse("search.pruner", "a function is not trained, so nothing can be copied) take another pruner");
  if (search.pruner == "race") refuse("search.pruner", "a function has no folds to race over) take another pruner");
  if (search.pruner != "none" && search.rungs.resource != "epochs")
    refuse("search.rungs.resource", "its rungs are units of objective.budget, which are called epochs) leave it out");
}

// That every parameter is searched or set, and that sampler and function take what they are given.
void check_point(const Experiment& e, const Config& given, const Space& space, Problems& problems) {
  const ObjectiveOptions& objective = *e.objective;
  const std::vector<std::string> names = parameters_of(objective);
  const Config* at = given.find("objective");
  const Origin origin = at != nullptr ? at->origin() : given.origin();
  for (const std::string& name : names)
    if (!space.find(fmt::format("{}.{}", kObjectivePoint, name)) && objective.point.find(name) == nullptr)
      return problems.add(origin, fmt::format("{}.{} is neither in search.space nor set (the function needs it)",
                                              kObjectivePoint, name));
  for (const auto& [name, value] : *objective.point.as<Config::Table>())
    if (!is_one_of(names, name))
      return problems.add(value.origin(), fmt::format("{}.{} is no parameter of {} (it has {})", kObjectivePoint, name,
                                                      objective.function, fmt::join(names, ", ")));
  try {
    make_sampler(*e.search, space, e.experiment.seed);
    const std::vector<double> middle(space.size(), 0.5);
    evaluate_objective(objective, objective_point(objective, values_of(space, space.assign(middle))), 1,
                       e.experiment.seed);
  } catch (const ConfigError& error) {
    problems.add(origin, error.what());
  }
}

}  // namespace

bool goes_with_objective(std::string_view section) noexcept {
  return std::ranges::find(kSections, section) != kSections.end();
}

void check_objective(Experiment& e, const Config& given, Problems& problems) {
  check_sections(given, problems);
  const Config* at = given.find("objective");
  const Origin origin = at != nullptr ? at->origin() : given.origin();
  if (!e.search) return problems.add(origin, "[objective] needs a [search] (nothing else asks for its value)");
  check_search(*e.search, given, problems);
  if (!e.objective->point.is_table()) return problems.add(origin, "objective.point must be a table of parameters");
  if (!problems.empty()) return;
  const ObjectiveFunction& function = objective_function(e.objective->function);
  if (!function.any_dims && e.objective->dims != ObjectiveOptions().dims)
    problems.add(origin, fmt::format("objective.dims does not apply to {} (it has {} parameters)", function.name,
                                     parameters_of(*e.objective).size()));
  if (e.search->space == Config()) e.search->space = default_space(*e.objective);
  const Space space = objective_space(e, problems);
  if (problems.empty()) check_point(e, given, space, problems);
}

Space objective_space(const Experiment& experiment, Problems& problems) {
  const Config all = to_config(experiment);
  const Space::FixedSettings fixed = [&](const std::string& path) -> std::optional<Config> {
    const Config* value = all.find_path(path);
    return value != nullptr ? std::optional(*value) : std::nullopt;
  };
  Space space = read_space(experiment.search->space, fixed, problems);
  const std::vector<std::string> names = parameters_of(*experiment.objective);
  for (const Parameter& parameter : space.parameters())
    if (!is_one_of(names, parameter_of(parameter.path)))
      problems.add(parameter.origin, fmt::format("search.space: '{}' is no parameter of {} (it has {}.{})",
                                                 parameter.path, experiment.objective->function, kObjectivePoint,
                                                 fmt::join(names, fmt::format(", {}.", kObjectivePoint))));
  return space;
}

Config objective_point(const ObjectiveOptions& objective, const Config::Table& values) {
  Config point = objective.point;
  for (const auto& [path, value] : values) point.set(parameter_of(path), value);
  return point;
}

}  // namespace jury
