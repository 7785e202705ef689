// Settings of one value.
#pragma once

#include <string>
#include <utility>

#include "runtime/base/config.hpp"

namespace jury {

inline Config text(std::string value) { return Config(Config::Value(std::move(value))); }
inline Config whole(std::int64_t value) { return Config(Config::Value(value)); }
inline Config real(double value) { return Config(Config::Value(value)); }
inline Config list(Config::List value) { return Config(Config::Value(std::move(value))); }

}  // namespace jury
