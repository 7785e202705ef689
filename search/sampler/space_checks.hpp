// What makes a space of parameters: their order, and the settings their conditions name.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "search/sampler/space.hpp"

namespace jury {

/// Sorted by path, parents of conditions first: of all that may come next, the first by path does.
/// Throws ConfigError when conditions go round in a circle.
std::vector<Parameter> canonical_order(std::vector<Parameter> parameters);

/// Settings that conditions name and that are no parameters, each once. Throws ConfigError when there is no such.
std::vector<std::pair<std::string, Config>> fixed_settings(const std::vector<Parameter>& parameters,
                                                           const Space::FixedSettings& fixed);

/// Throws ConfigError for a comparison that no value of its parameter can make true, or that orders what has no order.
void check_conditions(const std::vector<Parameter>& parameters,
                      const std::vector<std::pair<std::string, Config>>& fixed);

/// Throws ConfigError "<path> is not in the space" with the nearest one that is.
[[noreturn]] void throw_unknown_parameter(const std::vector<Parameter>& parameters, std::string_view path,
                                          const Origin& origin);

}  // namespace jury
