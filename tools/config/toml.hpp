// Experiment files: TOML to settings, and settings on the command line. toml++ only here.
#pragma once

#include <string>
#include <string_view>

#include "runtime/base/config.hpp"

namespace jury {

/// The settings in a TOML text. Origins are (source, line, column) of the key, or of the element of
/// a list. Throws ConfigError "source:line:column: ..." at a syntax error, or for a date or time.
Config parse_toml(std::string_view text, const std::string& source);

/// parse_toml of a file. Throws ConfigError when it cannot be read or is larger than 16 MiB.
Config load_toml(const std::string& path);

/// Applies "path.to.key=value" over the settings; the value is TOML, or a text when it is no TOML
/// ("model.type=linear" needs no quotes). `source` is "--set" or "JURY_SET".
/// Throws ConfigError when there is no '=' or the path leads through a value.
void apply_setting(Config& config, std::string_view setting, const std::string& source);

/// apply_setting for each part of `settings`, separated by ';' or line ends (outside quotes).
void apply_settings(Config& config, std::string_view settings, const std::string& source);

}  // namespace jury
