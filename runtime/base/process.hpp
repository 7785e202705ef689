// Other programs, started without a shell.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jury {

/// A program, what it is given, and how long it may take.
struct ProcessOptions {
  std::vector<std::string> environment;  ///< "NAME=value", all of it; see environment_without()
  std::string input = {};                ///< its standard input
  double seconds = 30;                   ///< then it is killed, with all it started
};

/// How a program ended. Standard error is the caller's own.
struct ProcessResult {
  std::string output;            ///< the first MiB of its standard output
  std::optional<int> exit_code;  ///< nothing when a signal ended it, or its time
};

/// Runs a program, found in PATH, to its end. The arguments, its own name first, reach it as they are: no
/// shell sees them. Throws IoError when it cannot be started, ConfigError when there is no such program.
ProcessResult run_process(const std::vector<std::string>& arguments, const ProcessOptions& options);

/// Pointers to the texts with a null after them, as exec and posix_spawn want; valid as long as the texts are left
/// alone.
std::vector<char*> null_terminated(std::vector<std::string>& texts);

/// This process's environment without the variables whose names begin with one of the prefixes.
std::vector<std::string> environment_without(const std::vector<std::string_view>& prefixes);

/// The file that a command of this name is, by PATH; "" when there is none.
std::string find_program(const std::string& name);

}  // namespace jury
