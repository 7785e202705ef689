// jury run: an experiment from its file to its results.
#include <fmt/format.h>

#include <boost/program_options.hpp>

#include "runtime/base/text.hpp"
#include "search/study/run_study.hpp"
#include "tools/command/command.hpp"
#include "tools/command/dry_run.hpp"
#include "tools/command/experiment_arguments.hpp"
#include "tools/command/run_arguments.hpp"

namespace jury {

void add_all_run_options(boost::program_options::options_description& options) {
  namespace po = boost::program_options;
  add_experiment_options(options);
  add_run_options(options);
  options.add_options()("output,o", po::value<std::string>(), "the run directory (default: <output.dir>/<name>-<hash>)")(
      "resume", po::bool_switch(), "continue the run that is there; none: start one")(
      "overwrite", po::bool_switch(), "replace the run that is there")(
      "dry-run,n", po::bool_switch(), "print ranks, tasks, work and memory, and do nothing");
}

ExitCode run_command(const Command& self, const Arguments& arguments) {
  boost::program_options::options_description options;
  add_all_run_options(options);
  const ParsedArguments parsed(self, options, "FILE", arguments);
  if (parsed.help_printed()) return ExitCode::done;
  if (parsed.on("resume") && parsed.on("overwrite"))
    throw ConfigError("--resume and --overwrite exclude each other (keep one)");

  const GivenExperiment given = read_given_experiment(parsed);
  RunRequest request{.experiment = given.experiment, .toml = given.toml};
  read_run_options(parsed, request);
  request.directory = parsed.get_or<std::string>("output", "");
  if (parsed.on("resume")) request.mode = RunMode::resume;
  if (parsed.on("overwrite")) request.mode = RunMode::overwrite;
  if (parsed.on("dry-run")) return dry_run(request.experiment);
  return start_run(request);
}

}  // namespace jury
