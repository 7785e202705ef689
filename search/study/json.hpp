// Settings as JSON text. Headers see no more of nlohmann-json than its names.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "runtime/base/config.hpp"

namespace jury {

/// The settings as JSON, keys in their order; infinite numbers as texts. `indent` < 0: one line.
std::string to_json(const Config& config, int indent = -1);

/// The number, null where it is none or infinite: JSON has no other.
nlohmann::ordered_json json_number(double value);

/// The settings that to_json() wrote; null becomes false. Throws DataError when the text is no JSON.
Config config_from_json(const std::string& text);

}  // namespace jury
