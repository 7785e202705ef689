// jury validate: everything that can be checked without training.
#include <fmt/format.h>

#include <boost/program_options.hpp>

#include "tools/command/command.hpp"
#include "tools/command/dry_run.hpp"
#include "tools/command/experiment_arguments.hpp"

namespace jury {

ExitCode validate_command(const Command& self, const Arguments& arguments) {
  boost::program_options::options_description options;
  add_experiment_options(options);
  const ParsedArguments parsed(self, options, "FILE", arguments);
  if (parsed.help_printed()) return ExitCode::done;
  const ExitCode code = dry_run(read_given_experiment(parsed).experiment);
  fmt::print("{} is valid\n", parsed.operand(0));
  return code;
}

}  // namespace jury
