// jury diff: do two runs say the same?
#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <filesystem>

#include "runtime/store/hdf5_child.hpp"
#include "tools/command/command.hpp"

namespace jury {
namespace {

// A run directory stands for its results file.
std::string results_file(const std::string& path) {
  if (!std::filesystem::exists(path))
    throw ConfigError(fmt::format("there is no run at '{}' (name a run directory or a results.h5)", path));
  return std::filesystem::is_directory(path) ? path + "/results.h5" : path;
}

}  // namespace

ExitCode diff_command(const Command& self, const Arguments& arguments) {
  const ParsedArguments parsed(self, {}, "A B", arguments);
  if (parsed.help_printed()) return ExitCode::done;
  const auto differences = diff_results_files(results_file(parsed.operand(0)), results_file(parsed.operand(1)));
  for (const Hdf5Difference& one : differences)
    fmt::print("{}{}: {}\n", one.path, one.index ? fmt::format("[{}]", *one.index) : "", one.text);
  if (differences.empty()) fmt::print("the same results\n");
  return differences.empty() ? ExitCode::done : ExitCode::failed;
}

}  // namespace jury
