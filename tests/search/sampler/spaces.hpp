// Spaces for tests, written as users write them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "search/sampler/read_space.hpp"

namespace jury {

using SpaceText = std::vector<std::pair<std::string, std::string>>;

inline Config space_table(const SpaceText& entries) {
  Config table;
  for (const auto& [path, text] : entries) table.set(path, Config(text, Origin{"space.toml", 1, 1}));
  return table;
}

/// The space of these entries; throws ConfigError with all that is wrong.
inline Space space_of(const SpaceText& entries, const Space::FixedSettings& fixed = {}) {
  Problems problems;
  Space space = read_space(space_table(entries), fixed, problems);
  problems.throw_if_any();
  return space;
}

/// Two optimizers with settings of their own, layers with a width each.
inline Space conditional_space() {
  return space_of({{"opt", "choice('sgd', 'adam')"},
                   {"momentum", "uniform(0, 0.99) when opt == 'sgd'"},
                   {"beta", "uniform(0.8, 1) when opt == 'adam'"},
                   {"layers", "int(1, 3)"},
                   {"width.2", "int(8, 64, step=8) when layers >= 2"},
                   {"width.3", "int(8, 64, step=8) when layers >= 3"},
                   {"lr", "loguniform(1e-4, 1)"}});
}

}  // namespace jury
