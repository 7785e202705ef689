// The arguments that name an experiment: a file, and settings over it.
#pragma once

#include <boost/program_options/options_description.hpp>
#include <string>

#include "search/study/experiment.hpp"
#include "tools/command/command.hpp"

namespace jury {

/// An experiment as the command line gives it.
struct GivenExperiment {
  Experiment experiment;
  std::string toml;  ///< the file as written
};

/// Adds --set (-s), --space and --threads (-t).
void add_experiment_options(boost::program_options::options_description& options);

/// Reads FILE (operand 0), applies JURY_SET, --set, --space and --threads in this order, makes paths relative
/// to the file that names them (those on the command line: to the current folder), and checks it all.
/// Throws ConfigError with every problem, one a line.
GivenExperiment read_given_experiment(const ParsedArguments& arguments);

/// The experiment a run directory was started with, from its journal. Throws ConfigError when there
/// is no run, DataError when its journal is damaged.
GivenExperiment experiment_of_run(const std::string& directory);

}  // namespace jury
