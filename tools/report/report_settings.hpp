// Settings as paths and texts. For this layer's own sources only.
#pragma once

#include <map>
#include <string>

#include "runtime/base/config.hpp"

namespace jury {

/// Every leaf of the settings by its dotted path, as TOML would write it: {"train.lr": "0.001"}. Lists are leaves.
std::map<std::string, std::string> flat_settings(const Config& settings);

/// What recorded settings of such sections would be if nothing were said: optional sections that they have are there,
/// with defaults.
Config default_settings(const Config& recorded);

}  // namespace jury
