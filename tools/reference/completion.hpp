// Completions of the jury command for the shells that people use.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/reference/command_info.hpp"

namespace jury {

/// A setting of the experiment, with the values it may have where these are few.
struct SettingInfo {
  std::string path;  ///< "train.lr"
  std::string help = {};
  std::vector<std::string> values = {};
};

/// Every setting of an experiment file that holds a value.
std::vector<SettingInfo> experiment_settings();

/// What a script is made from.
struct ShellWords {
  std::vector<CommandInfo> commands;
  std::vector<SettingInfo> settings;
  std::vector<std::string> distributions;  ///< "uniform(", ...
};

/// Scripts that need nothing but their shell, and never run jury.
std::string bash_completion(const ShellWords& words);
std::string zsh_completion(const ShellWords& words);
std::string fish_completion(const ShellWords& words);

/// The settings within one section, "data.", by their names in it; all of them with "".
std::vector<SettingInfo> settings_within(const std::vector<SettingInfo>& settings, std::string_view section);

/// "data." of a help text such as "a key of [data], as in ...": whose settings KEY=VALUE are; "" of all.
std::string section_of_help(std::string_view help);

/// A text in single quotes, as bash and zsh read it.
std::string shell_quoted(std::string_view text);

}  // namespace jury
