#include "search/study/tree_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace jury {
namespace {

// What of [model] and [train] means something for trees.
constexpr std::array kOfTrees = {"model.type", "train.class_weights"};

constexpr const char* kNoNetwork = "does not go with model.type = \"xgboost\" (what boosted trees know is in [trees])";
constexpr const char* kNoTrees = "does not go with a network (set model.type = \"xgboost\" to train boosted trees)";

struct GivenAt {
  const Config& given;
  const std::string& path;
};

// A problem for each setting of a section that is not its default.
template <class Section>
void refuse(const Section& section, const std::string& name, const GivenAt& place, const char* why,
            Problems& problems) {
  const Config set = to_config(section), defaults = to_config(Section());
  for (const auto& [key, value] : *set.as<Config::Table>()) {
    const std::string setting = name + "." + key;
    if (value == *defaults.find(key) || std::ranges::find(kOfTrees, setting) != kOfTrees.end()) continue;
    const Config* at = place.given.find_path(setting);
    problems.add(at != nullptr ? at->origin() : place.given.origin(), fmt::format("{}{} {}", place.path, setting, why));
  }
}

void refuse_network(const Configuration& configuration, const GivenAt& place, Problems& problems) {
  refuse(configuration.model, "model", place, kNoNetwork, problems);
  refuse(configuration.train, "train", place, kNoNetwork, problems);
}

void refuse_trees(const Configuration& configuration, const GivenAt& place, Problems& problems) {
  refuse(configuration.trees, "trees", place, kNoTrees, problems);
}

}  // namespace

void inherit_what_applies(const Config& entry, Configuration& base) {
  const Config* type = entry.is_table() ? entry.find_path("model.type") : nullptr;
  if (type != nullptr ? *type == Config("xgboost") : trains_trees(base)) {
    base.model = {.type = "xgboost"};
    base.train = {.class_weights = base.train.class_weights};
  } else {
    base.trees = {};
  }
}

void check_tree_settings(const Configuration& configuration, const Config& given, const std::string& path,
                         Problems& problems) {
  if (trains_trees(configuration))
    refuse_network(configuration, {given, path}, problems);
  else
    refuse_trees(configuration, {given, path}, problems);
}

void check_tree_settings(const Experiment& experiment, const Config& given, Problems& problems) {
  if (experiment.bases.empty()) return check_tree_settings(experiment, given, "", problems);
  if (std::ranges::all_of(experiment.bases, trains_trees)) refuse_network(experiment, {given, ""}, problems);
  if (std::ranges::none_of(experiment.bases, trains_trees)) refuse_trees(experiment, {given, ""}, problems);
}

}  // namespace jury
