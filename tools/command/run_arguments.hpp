// The arguments that run and resume share.
#pragma once

#include <boost/program_options/options_description.hpp>

#include "search/study/run_study.hpp"
#include "tools/command/command.hpp"

namespace jury {

/// Adds --max-time, --progress, --require, --private, --strict, --gateways-above, --ranks-per-gateway, --quiet,
/// --verbose and --json.
void add_run_options(boost::program_options::options_description& options);

/// All options of `jury run`.
void add_all_run_options(boost::program_options::options_description& options);

/// Adds --output, --resume and --overwrite.
void add_start_options(boost::program_options::options_description& options);

/// The run that these options, those of experiment_arguments.hpp and FILE ask for. Throws ConfigError.
RunRequest read_run_request(const ParsedArguments& arguments);

/// What they say. Throws ConfigError for a duration, a style or a number of ranks that is none.
void read_run_options(const ParsedArguments& arguments, RunRequest& request);

/// Starts MPI where this process was launched by it, and runs. The exit code is the same on all ranks.
ExitCode start_run(const RunRequest& request);

}  // namespace jury
