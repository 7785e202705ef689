#include "search/study/trial_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "search/sampler/read_space.hpp"

namespace jury {
namespace {

// Sections that trials may differ in: splits, data and seed are what they have in common.
constexpr std::array<std::string_view, 5> kSearched = {"preprocess", "model", "train", "trees", "ensemble"};

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

Config given_settings(const Experiment& experiment) {
  Config config = to_config(experiment);
  const Config fallback = to_config(Configuration());
  for (const char* section : {"model", "train", "trees", "ensemble"})
    config.set(section, without_defaults(*config.find(section), *fallback.find(section)));
  config.set_path("model.type", Config(experiment.model.type));
  config.set_path("ensemble.method", Config(experiment.ensemble.method));
  config.set("search", Config(false));
  if (experiment.cv) config.set_path("cv.outer_folds", Config(std::int64_t{0}));
  return config;
}

}  // namespace

Space space_of(const Experiment& experiment, Problems& problems) {
  const Config all = to_config(experiment);
  const Space::FixedSettings fixed = [&](const std::string& path) -> std::optional<Config> {
    const Config* value = all.find_path(path);
    return value != nullptr ? std::optional(*value) : std::nullopt;
  };
  Space space = read_space(experiment.search->space, fixed, problems);
  for (const Parameter& parameter : space.parameters())
    if (std::ranges::find(kSearched, section_of(parameter.path)) == kSearched.end())
      problems.add(parameter.origin, fmt::format("search.space: '{}' cannot be searched (only settings of {} can)", parameter.path,
                                                 fmt::join(kSearched, ", ")));
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
  for (const auto& [path, value] : values) config.set_path(path, value);
  Problems problems;
  Experiment at = read_experiment(config, problems);
  problems.throw_if_any();
  return at;
}

}  // namespace jury
