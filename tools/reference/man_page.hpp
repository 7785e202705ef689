// Manual pages in man(7), made from the tables of commands and settings.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/reference/command_info.hpp"

namespace jury {

/// jury(1): commands with their options, the files of a run, exit codes and environment. `version` as in "0.1.0".
std::string command_manual(const std::vector<CommandInfo>& commands, std::string_view version);

/// jury-experiment(5): every setting of an experiment file with what it takes, its default and what it is for.
std::string experiment_manual(std::string_view version);

}  // namespace jury
