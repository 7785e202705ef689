#include "search/sampler/search_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace jury {
namespace {

std::vector<std::string> texts(const Config& value, std::string_view key, Problems& problems) {
  std::vector<std::string> texts;
  const Config::List one = {value};
  const auto* list = value.as<Config::List>();
  for (const Config& item : list != nullptr ? *list : one) {
    if (const auto* text = item.as<std::string>()) {
      texts.push_back(*text);
    } else {
      problems.add(item.origin(), fmt::format("{} = {} is {} (must be a text or a list of texts)", key, to_text(item),
                                              kind_name(item)));
      return {};
    }
  }
  if (texts.empty()) problems.add(value.origin(), fmt::format("{} is empty", key));
  return texts;
}

}  // namespace

std::vector<Objective> read_objectives(const SearchOptions& options, Problems& problems) {
  const std::vector<std::string> names = texts(options.objective, "search.objective", problems);
  const std::vector<std::string> directions = texts(options.direction, "search.direction", problems);
  if (names.empty() || directions.empty()) return {};
  if (directions.size() != 1 && directions.size() != names.size()) {
    problems.add(options.direction.origin(),
                 fmt::format("search.direction has {} entries for {} objectives (needs one, or one for each)",
                             directions.size(), names.size()));
    return {};
  }
  std::vector<Objective> objectives;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (std::ranges::find(objectives, names[i], &Objective::name) != objectives.end())
      problems.add(options.objective.origin(), fmt::format("search.objective names '{}' twice", names[i]));
    const std::string& direction = directions[directions.size() == 1 ? 0 : i];
    const std::vector<std::string_view> known = {"auto", "minimize", "maximize"};
    const auto at = std::ranges::find(known, direction);
    if (at == known.end()) {
      problems.add(options.direction.origin(),
                   fmt::format("search.direction = \"{}\" is unknown (must be one of {}){}", direction,
                               fmt::join(known, ", "), nearest_suggestion(direction, known)));
      return {};
    }
    objectives.push_back({names[i], static_cast<ObjectiveDirection>(at - known.begin())});
  }
  return objectives;
}

}  // namespace jury
