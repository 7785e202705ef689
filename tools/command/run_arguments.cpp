#include "tools/command/run_arguments.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <boost/program_options.hpp>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "runtime/base/clock.hpp"
#include "runtime/base/signals.hpp"
#include "runtime/base/text.hpp"
#include "runtime/mpi/agreement.hpp"
#include "runtime/mpi/session.hpp"
#include "runtime/pool/launch_status.hpp"
#include "runtime/store/file.hpp"
#include "search/study/run_events.hpp"
#include "tools/command/experiment_arguments.hpp"
#include "tools/report/report.hpp"

namespace jury {
namespace {

int read_count(const ParsedArguments& arguments, const std::string& name, int least) {
  const auto count = arguments.get<int>(name);
  if (count < least) throw ConfigError(fmt::format("--{} {} is no number of ranks (at least {})", name, count, least));
  return count;
}

}  // namespace

void add_run_options(boost::program_options::options_description& options) {
  namespace po = boost::program_options;
  options.add_options()("max-time", po::value<std::string>(), "stop, resumable, after this long (3h50min, 90s)")(
      "progress", po::value<std::string>()->default_value("auto"), "auto, bar, plain, json or none")(
      "require", po::value<std::string>(),
      "exit 5 unless the result meets it, as in 'log_loss<=0.3': a score in the source of the headline, of the "
      "reported "
      "combination, calibrated where final.calibrate is set; of a search, of the chosen trial")(
      "private", po::bool_switch(), "only you can read the run directory (output.private)")(
      "strict", po::bool_switch(), "exit 4 when any fit did not complete")(
      "gateways-above", po::value<int>()->default_value(256),
      "with more ranks than this, those of other nodes are reached through their node's first (the results are the "
      "same)")("ranks-per-gateway", po::value<int>()->default_value(0),
               "at most so many through one; 0: all of a node")("quiet,q", po::bool_switch(), "print errors only")(
      "verbose,v", po::bool_switch(), "print what goes to log.txt as well")(
      "json", po::bool_switch(),
      "on standard output what happens, one JSON object a line, the summary in the last; for people on standard error");
}

void add_start_options(boost::program_options::options_description& options) {
  namespace po = boost::program_options;
  options.add_options()("output,o", po::value<std::string>(),
                        "the run directory (default: <output.dir>/<name>-<hash>)")(
      "resume", po::bool_switch(), "continue the run that is there; none: start one")("overwrite", po::bool_switch(),
                                                                                      "replace the run that is there");
}

RunRequest read_run_request(const ParsedArguments& arguments) {
  if (arguments.on("resume") && arguments.on("overwrite"))
    throw ConfigError("--resume and --overwrite exclude each other (keep one)");
  const GivenExperiment given = read_given_experiment(arguments);
  RunRequest request{.experiment = given.experiment, .toml = given.toml};
  read_run_options(arguments, request);
  request.directory = arguments.get_or<std::string>("output", "");
  if (arguments.on("resume")) request.mode = RunMode::resume;
  if (arguments.on("overwrite")) request.mode = RunMode::overwrite;
  return request;
}

void read_run_options(const ParsedArguments& arguments, RunRequest& request) {
  if (arguments.has("max-time")) {
    const auto text = arguments.get<std::string>("max-time");
    const auto seconds = parse_duration(text);
    if (!seconds || *seconds <= 0)
      throw ConfigError(
          fmt::format("--max-time '{}' is no duration (write it as in 3h50min, 90s or in seconds)", text));
    request.max_seconds = *seconds;
  }
  request.gateways_above = read_count(arguments, "gateways-above", 1);
  request.ranks_per_gateway = read_count(arguments, "ranks-per-gateway", 0);
  request.progress = arguments.get<std::string>("progress");
  progress_style(request.progress);
  request.require = arguments.get_or<std::string>("require", "");
  request.strict = arguments.on("strict");
  if (arguments.on("private")) request.experiment.output.is_private = true;
  if (arguments.on("quiet")) request.verbosity = Verbosity::quiet;
  if (arguments.on("verbose")) request.verbosity = Verbosity::verbose;
  request.wants_events = arguments.on("json");
  const char* status = std::getenv(kLaunchStatusVariable);
  if (status != nullptr && launched_by_mpi()) request.launch_status = status;
}

namespace {

// The last event says how it ended, whatever happens.
ExitCode run_watched(const RunRequest& request, const MpiSession& session) {
  if (request.events == nullptr) return run_study(request, session);
  ExitCode code = ExitCode::failed;
  try {
    code = run_study(request, session);
  } catch (const Error& error) {
    request.events->finished(error.exit_code(), error.what());
    throw;
  } catch (const std::exception& error) {
    request.events->finished(code, error.what());
    throw;
  }
  request.events->finished(code, "");
  return code;
}

}  // namespace

ExitCode start_run(const RunRequest& request) {
  // Before there are threads, and before data are put where the ranks of a node share them.
  if (request.experiment.output.is_private) restrict_new_files(Privacy::owner);
  // Before data are read, which may take minutes. Ranks other than 0 leave stopping to it, but must survive what asks
  // for it.
  ScopedSignals signals;
  const MpiSession session;
  // Where nobody watches it writes nothing.
  LaunchReporter reporter(session.placement().rank == 0 ? request.launch_status : "", system_clock());
  RunRequest ours = request;
  ours.signals = &signals;
  ours.reporter = reporter.is_watched() ? &reporter : nullptr;
  if (request.experiment.output.report)
    ours.page = [](const std::string& directory) { return report_of_run(ReportRun(directory)); };
  std::optional<RunEvents> events;
  if (request.wants_events && session.placement().rank == 0)
    ours.events = &events.emplace(STDOUT_FILENO, system_clock());
  try {
    const ExitCode code = run_watched(ours, session);
    reporter.ended(code);
    // MPI_Finalize may wait for a lost rank for ever; the supervisor ends those that wait in it.
    if (reporter.has_lost_ranks()) MpiSession::abandon(code);
    return code;
  } catch (const std::exception& error) {
    const auto* of_peer = dynamic_cast<const PeerError*>(&error);
    const ExitCode code = of_peer != nullptr && of_peer->quiet() ? of_peer->exit_code() : complain();
    reporter.ended(code);
    if (reporter.has_lost_ranks() || dynamic_cast<const CommError*>(&error) != nullptr) MpiSession::abandon(code);
    return code;
  }
}

}  // namespace jury
