#include "tools/command/run_arguments.hpp"

#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "runtime/base/clock.hpp"
#include "runtime/base/text.hpp"
#include "runtime/mpi/agreement.hpp"
#include "runtime/mpi/session.hpp"
#include "runtime/pool/launch_status.hpp"
#include "tools/command/experiment_arguments.hpp"

namespace jury {

void add_run_options(boost::program_options::options_description& options) {
  namespace po = boost::program_options;
  options.add_options()("max-time", po::value<std::string>(), "stop, resumable, after this long (3h50min, 90s)")(
      "progress", po::value<std::string>()->default_value("auto"), "auto, bar, plain, json or none")(
      "require", po::value<std::string>(),
      "exit 5 unless the result meets it, as in 'log_loss<=0.3': a score in the source of the headline, of the reported "
      "combination, calibrated where final.calibrate is set; of a search, of the chosen trial")(
      "strict", po::bool_switch(), "exit 4 when any fit did not complete")(
      "quiet,q", po::bool_switch(), "print errors only")("verbose,v", po::bool_switch(), "print what goes to log.txt as well")(
      "json", po::bool_switch(), "print the summary as JSON on standard output");
}

void add_start_options(boost::program_options::options_description& options) {
  namespace po = boost::program_options;
  options.add_options()("output,o", po::value<std::string>(), "the run directory (default: <output.dir>/<name>-<hash>)")(
      "resume", po::bool_switch(), "continue the run that is there; none: start one")(
      "overwrite", po::bool_switch(), "replace the run that is there");
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
      throw ConfigError(fmt::format("--max-time '{}' is no duration (write it as in 3h50min, 90s or in seconds)", text));
    request.max_seconds = *seconds;
  }
  request.progress = arguments.get<std::string>("progress");
  progress_style(request.progress);
  request.require = arguments.get_or<std::string>("require", "");
  request.strict = arguments.on("strict");
  if (arguments.on("quiet")) request.verbosity = Verbosity::quiet;
  if (arguments.on("verbose")) request.verbosity = Verbosity::verbose;
  if (arguments.on("json")) request.summary = SummaryFormat::json;
  const char* status = std::getenv(kLaunchStatusVariable);
  if (status != nullptr && launched_by_mpi()) request.launch_status = status;
}

namespace {

// Under a supervisor: says how it ended, and leaves without MPI_Finalize, which may wait for ranks that are lost.
[[noreturn]] void leave(LaunchReporter* reporter, ExitCode code) {
  if (reporter != nullptr) reporter->ended(code);
  MpiSession::abandon(code);
}

ExitCode run_watched(const RunRequest& request, const MpiSession& session) {
  std::unique_ptr<LaunchReporter> reporter;
  if (session.placement().rank == 0) reporter = std::make_unique<LaunchReporter>(request.launch_status, system_clock());
  RunRequest watched = request;
  watched.reporter = reporter.get();
  try {
    leave(reporter.get(), run_study(watched, session));
  } catch (const Error& error) {
    const auto* peer = dynamic_cast<const PeerError*>(&error);
    if (reporter && (peer == nullptr || !peer->quiet()))
      for (const std::string_view line : split_text(error.what(), '\n')) fmt::print(stderr, "jury: {}\n", line);
    leave(reporter.get(), error.exit_code());
  }
}

}  // namespace

ExitCode start_run(const RunRequest& request) {
  const MpiSession session;
  if (!request.launch_status.empty()) return run_watched(request, session);
  try {
    return run_study(request, session);
  } catch (const PeerError& error) {
    if (!error.quiet()) throw;
    return error.exit_code();
  } catch (const CommError& error) {
    std::fprintf(stderr, "jury: %s\n", error.what());
    MpiSession::abandon(error.exit_code());
  }
}

}  // namespace jury
