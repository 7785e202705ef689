// jury diff: do two runs say the same?
#include <fmt/format.h>

#include <boost/program_options.hpp>

#include "runtime/store/hdf5_child.hpp"
#include "search/study/run_results.hpp"
#include "tools/command/command.hpp"

namespace jury {
ExitCode diff_command(const Command& self, const Arguments& arguments) {
  const ParsedArguments parsed(self, {}, "A B", arguments);
  if (parsed.help_printed()) return ExitCode::done;
  const auto differences = Hdf5Child(results_file_of(parsed.operand(0))).differences_from(results_file_of(parsed.operand(1)));
  for (const Hdf5Difference& one : differences)
    fmt::print("{}{}: {}\n", one.path, one.index ? fmt::format("[{}]", *one.index) : "", one.text);
  if (differences.empty()) fmt::print("the same results\n");
  return differences.empty() ? ExitCode::done : ExitCode::failed;
}

}  // namespace jury
