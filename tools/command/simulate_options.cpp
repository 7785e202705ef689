#include "tools/command/simulate_options.hpp"

#include <fmt/format.h>

#include "tools/config/toml.hpp"

namespace jury {

SimulateOptions read_simulate_options(const std::string& text) {
  Config config;
  for (const std::string_view part : split_text(text, ','))
    if (!trimmed(part).empty()) apply_setting(config, trimmed(part), "--simulate");
  SimulateOptions options;
  Problems problems;
  read_options(config, options, "", problems);
  const Origin origin{.source = "--simulate"};
  if (config.find("ranks") == nullptr) problems.add(origin, "ranks is missing (write ranks=100,nodes=4)");
  if (options.nodes > options.ranks)
    problems.add(origin, fmt::format("nodes = {} is more than ranks = {}", options.nodes, options.ranks));
  if (options.shortest > options.longest)
    problems.add(origin, fmt::format("shortest = {} is longer than longest = {}", options.shortest, options.longest));
  problems.throw_if_any();
  return options;
}

}  // namespace jury
