#include "search/sampler/grid_sampler.hpp"

#include <string>
#include <utility>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

SamplerInput checked(SamplerInput input) {
  for (const Parameter& parameter : input.space.parameters())
    if (parameter.distribution.is_continuous())
      throw ConfigError(
          prefix(parameter.origin) + "search.space '" + parameter.path +
          "' has endless values (search.method = \"grid\" goes through all) use grid(...) or give a step, "
          "as in uniform(0, 1, step=0.1)");
  return input;
}

}  // namespace

GridSampler::GridSampler(const SearchOptions&, SamplerInput input)
    : Sampler(checked(std::move(input))), walk_(space()) {}

// What was proposed before were given starting points; asking on finds the next other point in one go.
std::optional<Assignment> GridSampler::propose(std::int64_t, Rng&) {
  std::optional<Assignment> point = walk_.next();
  while (point && was_proposed(*point)) point = walk_.next();
  return point;
}

}  // namespace jury
