// Settings as JSON text. nlohmann-json stays out of headers.
#pragma once

#include <string>

#include "runtime/base/config.hpp"

namespace jury {

/// The settings as JSON, keys in their order; infinite numbers as texts. `indent` < 0: one line.
std::string to_json(const Config& config, int indent = -1);

/// The settings that to_json() wrote; null becomes false. Throws DataError when the text is no JSON.
Config config_from_json(const std::string& text);

}  // namespace jury
