// jury resume: a run goes on, or its files are checked or made again.
#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <cstdio>

#include "runtime/store/journal.hpp"
#include "runtime/store/run_directory.hpp"
#include "tools/command/command.hpp"
#include "tools/command/experiment_arguments.hpp"
#include "tools/command/run_arguments.hpp"

namespace jury {
namespace {

ExitCode check(const std::string& directory) {
  const std::string path = directory + "/journal";
  bool damaged = false;
  for (const JournalFinding& finding : check_journal(path)) {
    damaged = damaged || finding.kind == JournalFinding::Kind::damage;
    fmt::print("{}: byte {}: {}\n", path, finding.offset, finding.text);
  }
  if (damaged) return ExitCode::data;
  const JournalContents journal = read_journal(path);
  fmt::print("{}: sound, {} records, {}\n", path, journal.records.size(), journal.finished ? "finished" : "unfinished");
  return ExitCode::done;
}

}  // namespace

ExitCode resume_command(const Command& self, const Arguments& arguments) {
  namespace po = boost::program_options;
  po::options_description options;
  add_run_options(options);
  options.add_options()("check", po::bool_switch(), "read the journal to its end and name any damage")(
      "results-only", po::bool_switch(),
      "make results.h5, summary.json, trials.csv and report.html again, train nothing");
  const ParsedArguments parsed(self, options, "DIR", arguments);
  if (parsed.help_printed()) return ExitCode::done;
  const std::string directory = parsed.operand(0);
  if (parsed.on("check")) return check(RunDirectory::existing(directory).path());

  const GivenExperiment given = experiment_of_run(directory);
  RunRequest request{
      .experiment = given.experiment, .toml = given.toml, .directory = directory, .mode = RunMode::resume};
  read_run_options(parsed, request);
  request.results_only = parsed.on("results-only");
  return start_run(request);
}

}  // namespace jury
