// jury launch: a run that goes on when ranks, nodes or mpirun die.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>

#include "runtime/base/clock.hpp"
#include "runtime/base/signals.hpp"
#include "runtime/base/slurm.hpp"
#include "runtime/base/text.hpp"
#include "runtime/mpi/comm.hpp"
#include "search/study/run_events.hpp"
#include "tools/command/attempt.hpp"
#include "tools/command/command.hpp"
#include "tools/command/experiment_arguments.hpp"
#include "tools/command/run_arguments.hpp"

namespace jury {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

constexpr double kPollSeconds = 0.05;

struct LaunchArguments {
  int ranks = 0;
  std::string mpirun = "mpirun";
  Arguments mpi = {};  // further arguments of mpirun
  Arguments run = {};  // those of jury run
};

po::options_description launch_options() {
  po::options_description options;
  options.add_options()("ranks,n", po::value<int>(), "ranks that train; one more only coordinates")(
      "mpirun", po::value<std::string>()->default_value("mpirun"), "the launcher")(
      "mpi-arg", po::value<Arguments>()->composing(), "an argument for it, as in --mpi-arg=--hostfile --mpi-arg=hosts");
  return options;
}

// Splits the words between the launcher and jury run, in their order.
LaunchArguments split_arguments(const Command& self, const Arguments& arguments) {
  namespace style = po::command_line_style;
  const po::options_description options = launch_options();
  po::variables_map values;
  LaunchArguments split;
  try {
    const auto parsed = po::command_line_parser(arguments)
                            .options(options)
                            .allow_unregistered()
                            .style(style::unix_style & ~style::allow_guessing)
                            .run();
    po::store(parsed, values);
    split.run = po::collect_unrecognized(parsed.options, po::include_positional);
  } catch (const po::error& error) {
    throw ConfigError(fmt::format("{} (see 'jury {} --help')", error.what(), self.name));
  }
  if (!values.count("ranks")) throw ConfigError("'jury launch' needs the number of ranks (-n 4)");
  split.ranks = values["ranks"].as<int>();
  if (split.ranks < 1) throw ConfigError(fmt::format("-n {} is no number of ranks (at least 1)", split.ranks));
  split.mpirun = values["mpirun"].as<std::string>();
  if (values.count("mpi-arg")) split.mpi = values["mpi-arg"].as<Arguments>();
  return split;
}

// What Open MPI is to do with a job that outlives its ranks.
void prepare_environment() {
  const auto set = [](const char* name, const char* value) { ::setenv(name, value, 0); };
  set("OMPI_MCA_rmaps_base_oversubscribe", "1");  // the coordinator sleeps
  set("OMPI_MCA_hwloc_base_binding_policy", "none");
  set("OMPI_MCA_btl_vader_single_copy_mechanism", "none");
}

// Nodes that Slurm gave the job at first; 0 outside a job.
std::size_t nodes_at_first() {
  const char* nodes = std::getenv("SLURM_JOB_NUM_NODES");
  return nodes == nullptr ? 0 : static_cast<std::size_t>(std::atoi(nodes));
}

// mpirun would start on lost nodes as well. Those that are left train with their share of the ranks; not where the user
// names the nodes.
LaunchArguments on_nodes_left(LaunchArguments given) {
  const std::size_t all = nodes_at_first();
  if (all < 2 || !given.mpi.empty()) return given;
  const std::vector<std::string> nodes = slurm_nodes_left();
  if (nodes.empty() || nodes.size() >= all) return given;
  const std::size_t each = (static_cast<std::size_t>(given.ranks) + all - 1) / all;
  given.ranks = static_cast<int>(each * nodes.size());
  std::string hosts;
  for (const std::string& node : nodes)
    hosts += fmt::format("{}{}:{}", hosts.empty() ? "" : ",", node, each + (hosts.empty() ? 1 : 0));
  given.mpi = {"--host", hosts};
  fmt::print(stderr, "jury: {} of {} nodes are left; goes on there with {} that train\n", nodes.size(), all,
             counted(static_cast<std::size_t>(given.ranks), "rank"));
  return given;
}

// As far as can be told: neither Slurm nor an argument of mpirun names other machines.
bool is_on_one_node(const LaunchArguments& given) { return given.mpi.empty() && nodes_at_first() < 2; }

Arguments command_of(const LaunchArguments& given, bool resumes) {
  Arguments command = {given.mpirun, "--enable-recovery", "-n", std::to_string(given.ranks + 1)};
  command.insert(command.end(), given.mpi.begin(), given.mpi.end());
  command.push_back(fs::read_symlink("/proc/self/exe").string());
  command.emplace_back("run");
  command.insert(command.end(), given.run.begin(), given.run.end());
  if (!resumes) return command;
  std::erase(command, "--overwrite");
  if (std::ranges::find(command, "--resume") == command.end()) command.emplace_back("--resume");
  return command;
}

// Every request to stop goes on as SIGUSR1: mpirun kills its ranks a second or two after SIGTERM.
void forward_signals(ScopedSignals& signals, const Attempt& attempt, Supervisor& supervisor, bool& forwarded) {
  if (signals.take_write_request()) attempt.signal(SIGUSR2);
  if (!signals.stop_requested() || forwarded) return;
  forwarded = true;
  supervisor.stop(system_clock().seconds());
  attempt.signal(SIGUSR1);
}

// Others than rank 0 may write to standard output as well.
void take_line(RunEvents& events, std::string line) {
  if (line.starts_with('{')) {
    events.pass(std::move(line));
  } else if (!line.empty()) {
    fmt::print(stderr, "{}\n", line);
  }
}

Supervisor::Action follow(Attempt& attempt, Supervisor& supervisor, ScopedSignals& signals) {
  Clock& clock = system_clock();
  supervisor.begin(clock.seconds());
  for (bool forwarded = false;; clock.sleep(kPollSeconds)) {
    forward_signals(signals, attempt, supervisor, forwarded);
    const Supervisor::Action action = supervisor.look(clock.seconds(), attempt.look());
    if (action == Supervisor::Action::end) attempt.end();
    if (action == Supervisor::Action::again || action == Supervisor::Action::leave) return action;
  }
}

}  // namespace

ExitCode launch_command(const Command& self, const Arguments& arguments) {
  po::options_description options = launch_options();
  add_experiment_options(options);
  add_start_options(options);
  add_run_options(options);
  const ParsedArguments parsed(self, options, "FILE", arguments);
  if (parsed.help_printed()) return ExitCode::done;
  const LaunchArguments given = split_arguments(self, arguments);
  const RunRequest request = read_run_request(parsed);  // what is wrong with the file is said here, once

  prepare_environment();
  // Beside the runs, because all nodes see that folder.
  const fs::path shared =
      request.directory.empty() ? fs::path(request.experiment.output.dir) : fs::path(request.directory).parent_path();
  fs::create_directories(shared.empty() ? "." : shared);
  const std::string mark = fmt::format("jury-launch-{}-{}", host_name(), ::getpid());
  ScopedSignals signals;
  Supervisor supervisor{SupervisorOptions{}};
  std::optional<RunEvents> events;
  if (request.wants_events) events.emplace(STDOUT_FILENO, system_clock());
  Supervisor::Action action = Supervisor::Action::again;
  while (action == Supervisor::Action::again) {
    const int number = supervisor.num_attempts() + 1;
    const fs::path scratch = fs::temp_directory_path() / fmt::format("{}-{}", mark, number);
    ::setenv("OMPI_MCA_orte_tmpdir_base", scratch.c_str(), 1);
    const LaunchArguments now = number > 1 ? on_nodes_left(given) : given;
    Attempt attempt({.command = command_of(now, number > 1),
                     .status = fs::absolute(shared / ("." + mark)).string(),
                     .scratch = scratch.string(),
                     .on_line = events ? [&](std::string line) { take_line(*events, std::move(line)); }
                                       : std::function<void(std::string)>(),
                     .ranks_here = is_on_one_node(now) ? static_cast<std::size_t>(now.ranks) + 1 : 0});
    action = follow(attempt, supervisor, signals);
    if (!supervisor.why().empty())
      fmt::print(stderr, "jury: attempt {}: {}{}\n", number, supervisor.why(),
                 action == Supervisor::Action::again ? "; starting again" : "");
    if (action == Supervisor::Action::again && events) events->attempt(number + 1, supervisor.why());
    if (action == Supervisor::Action::again && signals.stop_requested()) break;
  }
  const ExitCode code = action == Supervisor::Action::again ? ExitCode::stopped : supervisor.code();
  if (events) events->ended(code, supervisor.why());
  return code;
}

}  // namespace jury
