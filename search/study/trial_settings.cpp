#include "search/study/trial_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "models/ensemble/sampling.hpp"
#include "search/sampler/read_space.hpp"

namespace jury {
namespace {

// Sections that trials may differ in: splits, data and seed are what they have in common.
constexpr std::array<std::string_view, 5> kSearched = {"preprocess", "model", "train", "trees", "ensemble"};
constexpr std::int64_t kMostLevels = 1000;  // of a list or range that are all looked at

std::string_view section_of(std::string_view path) { return path.substr(0, path.find('.')); }

// The entries that are not what they would be anyway. Settings that nobody gave say nothing about others.
Config without_defaults(const Config& given, const Config& fallback) {
  const auto* table = given.as<Config::Table>();
  if (table == nullptr) return given;
  Config::Table kept;
  for (const auto& [key, value] : *table) {
    const Config* usual = fallback.is_table() ? fallback.find(key) : nullptr;
    if (usual != nullptr && *usual == value) continue;
    kept.emplace_back(key, usual != nullptr && usual->is_table() ? without_defaults(value, *usual) : value);
  }
  return Config(std::move(kept), given.origin());
}

void erase(Config& config, std::string_view section, std::string_view key) {
  Config kept(Config::Table{});
  for (const auto& [name, value] : *config.find(section)->as<Config::Table>())
    if (name != key) kept.set(name, value);
  config.set(section, kept);
}

Config given_settings(const Experiment& experiment) {
  Config config = to_config(experiment);
  const Config fallback = to_config(Configuration());
  for (const char* section : {"model", "train", "trees", "ensemble"})
    config.set(section, without_defaults(*config.find(section), *fallback.find(section)));
  config.set_path("model.type", Config(experiment.model.type));
  config.set_path("ensemble.method", Config(experiment.ensemble.method));
  config.set("search", Config(false));
  config.set_path("final.trials", Config(std::string("best")));
  if (experiment.cv) config.set_path("cv.outer_folds", Config(std::int64_t{0}));
  return config;
}

// What the experiment says of another type of model or way to make members than the point's own means nothing there.
void leave_out_what_does_not_apply(Config& config, const Experiment& own, const Config::Table& values) {
  const auto value_at = [&](std::string_view path, const std::string& otherwise) {
    const auto at = std::ranges::find(values, path, &std::pair<std::string, Config>::first);
    const auto* text = at != values.end() ? at->second.as<std::string>() : nullptr;
    return text != nullptr ? *text : otherwise;
  };
  const std::string type = value_at("model.type", own.model.type);
  if (own.model.type == "linear" || type == "linear") erase(config, "model", "hidden");
  EnsembleOptions ensemble;
  ensemble.method = value_at("ensemble.method", own.ensemble.method);
  if (own.ensemble.method == "none" || ensemble.method == "none") erase(config, "ensemble", "members");
  if (draws_rows(own.ensemble) && !draws_rows(ensemble))
    for (const char* setting : {"samples", "bootstrap", "block", "stratify"}) erase(config, "ensemble", setting);
  if ((type == "xgboost") == (own.model.type == "xgboost")) return;
  Config train(Config::Table{});
  if (const Config* weights = config.find_path("train.class_weights")) train.set("class_weights", *weights);
  if (type == "xgboost") {
    config.set("model", Config(Config::Table{}));
    config.set("train", train);
  } else {
    config.set("trees", Config(Config::Table{}));
  }
}

// Values to be looked at: all of a list, of a range its ends and one between, of a normal distribution the middle.
std::vector<Config> probes(const Distribution& distribution) {
  std::vector<Config> values;
  if (distribution.num_levels() > kMostLevels || distribution.is_continuous()) {
    for (const double unit : {0.0, 0.38, 1.0})
      values.push_back(distribution.value(distribution.is_bounded() ? unit : 0.5));
  } else {
    for (std::int64_t level = 0; level < distribution.num_levels(); ++level)
      values.push_back(distribution.value(distribution.cell(level).middle()));
  }
  return values;
}

// The settings of an entry of ensemble.base, or of the experiment's own sections, with the path in them.
struct PlaceInConfiguration {
  const Config& settings;
  std::string prefix;  // "ensemble.base.0."
  std::string path;
};

PlaceInConfiguration place_of(const Config& given, const std::string& path) {
  constexpr std::string_view kBase = "ensemble.base.";
  const std::size_t dot = path.starts_with(kBase) ? path.find('.', kBase.size()) : std::string::npos;
  const Config* base = dot != std::string::npos ? given.find_path(std::string_view(path).substr(0, dot)) : nullptr;
  if (base == nullptr || !base->is_table()) return {given, "", path};
  return {*base, path.substr(0, dot + 1), path.substr(dot + 1)};
}

// A path that is no setting, or a value that it never has. What goes together is known at each point alone.
std::optional<std::string> first_problem(const Config& given, const Parameter& parameter) {
  const PlaceInConfiguration place = place_of(given, parameter.path);
  for (const Config& value : probes(parameter.distribution)) {
    Config sections(Config::Table{});
    for (const std::string_view section : kSearched)
      if (const Config* config = place.settings.find(section)) sections.set(section, *config);
    Problems problems;
    try {
      sections.set_path(place.path, Config(value.value(), parameter.origin));
      Configuration read;
      read_options(sections, read, place.prefix.substr(0, place.prefix.empty() ? 0 : place.prefix.size() - 1),
                   problems);
    } catch (const ConfigError& error) {
      return prefix(parameter.origin) + "search.space '" + parameter.path + "' is no setting (" + error.what() + ")";
    }
    if (!problems.empty()) return problems.lines().front();
  }
  return std::nullopt;
}

// Settings that are looked at once, before there are trials.
bool is_of_donor(std::string_view path) {
  return path == "model.from" || path == "model.from_member" || path == "model.from_weights";
}

void check_paths(const Experiment& experiment, const Space& space, Problems& problems) {
  const Config given = given_settings(experiment);
  for (const Parameter& parameter : space.parameters()) {
    const std::string_view section = section_of(parameter.path);
    const auto refuse = [&](const std::string& why) {
      problems.add(parameter.origin, fmt::format("search.space: '{}' cannot be searched {}", parameter.path, why));
    };
    if (std::ranges::find(kSearched, section) == kSearched.end()) {
      std::vector<std::string_view> known(kSearched.begin(), kSearched.end());
      const bool is_section = to_config(experiment).find(section) != nullptr;
      refuse(fmt::format("(only settings of {} can){}", fmt::join(kSearched, ", "),
                         is_section ? "" : nearest_suggestion(section, known)));
    } else if (is_of_donor(parameter.path)) {
      refuse("(all trials start from one network)");
    } else if (!experiment.bases.empty() && section != "ensemble") {
      refuse(fmt::format("(it changes no base of ensemble.method = \"{}\") search 'ensemble.base.0.{}'",
                         experiment.ensemble.method, parameter.path));
    } else if (const auto problem = first_problem(given, parameter)) {
      problems.add(*problem);
    }
  }
}

}  // namespace

Space space_of(const Experiment& experiment, Problems& problems) {
  const Config all = to_config(experiment);
  const Space::FixedSettings fixed = [&](const std::string& path) -> std::optional<Config> {
    const Config* value = all.find_path(path);
    return value != nullptr ? std::optional(*value) : std::nullopt;
  };
  Space space = read_space(experiment.search->space, fixed, problems);
  check_paths(experiment, space, problems);
  return space;
}

Config::Table values_of(const Space& space, const Assignment& assignment) {
  Config::Table values;
  for (const Setting& setting : assignment.settings)
    values.emplace_back(space.parameters()[setting.parameter].path, setting.value);
  return values;
}

Experiment experiment_at(const Experiment& experiment, const Config::Table& values) {
  Config config = given_settings(experiment);
  leave_out_what_does_not_apply(config, experiment, values);
  for (const auto& [path, value] : values) config.set_path(path, value);
  Problems problems;
  Experiment at = read_experiment(config, problems);
  problems.throw_if_any();
  return at;
}

Config configuration_at(const Experiment& experiment, const Config::Table& values) {
  const Config given = given_settings(experiment_at(experiment, values));
  Config configuration(Config::Table{});
  for (const std::string_view section : kSearched) configuration.set(section, *given.find(section));
  return configuration;
}

}  // namespace jury
