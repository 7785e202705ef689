// jury run: an experiment from its file to its results.
#include <fmt/format.h>

#include <boost/program_options.hpp>

#include "runtime/base/text.hpp"
#include "runtime/mpi/session.hpp"
#include "search/study/run_study.hpp"
#include "search/study/shard.hpp"
#include "tools/command/command.hpp"
#include "tools/command/dry_run.hpp"
#include "tools/command/experiment_arguments.hpp"
#include "tools/command/run_arguments.hpp"
#include "tools/command/simulate.hpp"

namespace jury {

void add_all_run_options(boost::program_options::options_description& options) {
  namespace po = boost::program_options;
  add_experiment_options(options);
  add_start_options(options);
  add_run_options(options);
  options.add_options()("shard", po::value<std::string>(),
                        "I/N: do the I-th of N parts of the tasks, in a run directory of its own")(
      "dry-run,n", po::bool_switch(), "print ranks, tasks, work, memory and hours, and do nothing")(
      "simulate", po::value<std::string>(),
      "ranks=N,nodes=N,...: print how it would go on many ranks, in virtual time, and do nothing");
}

ExitCode run_command(const Command& self, const Arguments& arguments) {
  boost::program_options::options_description options;
  add_all_run_options(options);
  const ParsedArguments parsed(self, options, "FILE", arguments);
  if (parsed.help_printed()) return ExitCode::done;
  RunRequest request = read_run_request(parsed);
  if (parsed.has("shard")) {
    request.shard = read_shard(parsed.get<std::string>("shard"));
    check_shard(request.experiment);
  }
  if (parsed.has("simulate") && !is_first_rank()) return ExitCode::done;
  if (parsed.has("simulate")) {
    SimulateOptions simulated = read_simulate_options(parsed.get<std::string>("simulate"));
    simulated.gateways_above = request.gateways_above;
    simulated.ranks_per_gateway = request.ranks_per_gateway;
    return simulate_run(request.experiment, simulated);
  }
  if (parsed.on("dry-run")) return dry_run(request.experiment);
  return start_run(request);
}

}  // namespace jury
