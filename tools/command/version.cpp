// jury version: what this program is made of.
#include <fmt/format.h>

#include <boost/program_options.hpp>

#include "models/nn/session.hpp"
#include "search/study/versions.hpp"
#include "tools/command/command.hpp"

namespace jury {

ExitCode version_command(const Command& self, const Arguments& arguments) {
  const ParsedArguments parsed(self, {}, "", arguments);
  if (parsed.help_printed()) return ExitCode::done;
  const std::string git = jury_git();
  fmt::print("jury {}{}\n", jury_version(), git.empty() ? "" : " (" + git + ")");
  for (const auto& [library, version] : library_versions()) fmt::print("{:<16} {}\n", library, version);
  fmt::print("{:<16} {}\n", "instruction set", isa());
  return ExitCode::done;
}

}  // namespace jury
