// Settings as JSON text. nlohmann-json stays out of headers.
#pragma once

#include <string>

#include "runtime/base/config.hpp"

namespace jury {

/// The settings as JSON, keys in their order; infinite numbers as texts. `indent` < 0: one line.
std::string to_json(const Config& config, int indent = -1);

}  // namespace jury
