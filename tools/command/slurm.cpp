// jury slurm: an experiment as a batch job.
#include "runtime/base/slurm.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "runtime/base/process.hpp"
#include "runtime/base/text.hpp"
#include "runtime/store/file.hpp"
#include "tools/command/command.hpp"
#include "tools/command/experiment_arguments.hpp"
#include "tools/command/run_arguments.hpp"
#include "tools/command/shared_places.hpp"
#include "tools/command/slurm_script.hpp"

namespace jury {
namespace {

const Command* find(std::string_view name) {
  for (const Command& command : commands())
    if (command.name == name) return &command;
  return nullptr;
}

bool srun_knows_pmix() {
  if (find_program("srun").empty()) return false;
  const ProcessResult said = run_process({"srun", "--mpi=list"}, {.environment = environment_outside_jobs()});
  return said.exit_code == 0 && said.output.find("pmix") != std::string::npos;
}

Launcher launcher_of(const std::string& asked, const SbatchValues& sbatch) {
  if (asked == "launch") return Launcher::launch;
  if (asked == "srun") return Launcher::srun;
  if (asked == "mpirun") return Launcher::mpirun;
  if (asked != "auto") throw ConfigError(fmt::format("--launcher '{}' is none (auto, launch, srun or mpirun)", asked));
  const bool has_mpirun = !find_program("mpirun").empty();
  if (has_mpirun && !sbatch.has("array")) return Launcher::launch;
  if (srun_knows_pmix()) return Launcher::srun;
  if (has_mpirun) return Launcher::mpirun;
  throw ConfigError(
      "found neither mpirun nor an srun with PMIx to start ranks with (load a module, or name one with --launcher)");
}

int count_of(const ParsedArguments& parsed, const std::string& option, int lowest) {
  const int count = parsed.get<int>(option);
  if (count < lowest) throw ConfigError(fmt::format("--{} {} is too small (at least {})", option, count, lowest));
  return count;
}

// The command line of `jury run` that the job is about, without the program.
std::vector<std::string> run_arguments_of(const ParsedArguments& parsed) {
  std::vector<std::string> words = {std::filesystem::absolute(parsed.operand(0)).lexically_normal().string()};
  for (const std::string& setting : parsed.get_or<Arguments>("set", {})) words.push_back("--set=" + setting);
  for (const std::string& entry : parsed.get_or<Arguments>("space", {})) words.push_back("--space=" + entry);
  if (parsed.has("threads")) words.push_back(fmt::format("--threads={}", parsed.get<int>("threads")));
  words.insert(words.end(), parsed.operands().begin() + 1, parsed.operands().end());
  return words;
}

void check_array(const SlurmScript& script) {
  const std::string array = script.sbatch.get("array");
  if (array.empty() != script.shards.empty())
    throw ConfigError("--array and --shards belong together (--array 1-8 --shards DIR: eight runs in that folder)");
  if (array.empty()) return;
  if (script.launcher == Launcher::launch)
    throw ConfigError(
        "--array does not go with the launcher 'launch' (use srun or mpirun: a lost shard is requeued alone)");
  const std::string tasks = array.substr(0, array.find('%'));
  const auto last = tasks.starts_with("1-") ? parse_number(std::string_view(tasks).substr(2)) : std::nullopt;
  if (!last || *last < 2 || *last > 99999)
    throw ConfigError(
        fmt::format("--array '{}' is no list of shards (1-8 for eight, 1-8%4 for four at a time)", array));
}

// What one has to know of a job before it waits in a queue for hours.
void check(const SlurmScript& script) {
  const SbatchValues& sbatch = script.sbatch;
  if (!sbatch.has("ntasks") && !sbatch.has("ntasks-per-node"))
    throw ConfigError("the number of ranks is missing (give --ntasks or --ntasks-per-node)");
  if (script.launcher == Launcher::launch && !sbatch.has("ntasks") && !sbatch.has("nodes"))
    throw ConfigError("--ntasks-per-node alone says no number of ranks (give --nodes or --ntasks as well)");
  if (sbatch.has("no-kill") && script.launcher != Launcher::launch)
    throw ConfigError("--no-kill needs the launcher 'launch' (srun and mpirun end all ranks when one is lost)");
  const double limit = sbatch.has("time") ? parse_slurm_time(sbatch.get("time")).value() : 0;
  if (limit > 0 && limit < 2 * script.signal_seconds)
    throw ConfigError(
        fmt::format("--signal {} leaves less than half of --time {} to work (ask for more time, or a shorter --signal)",
                    script.signal_seconds, sbatch.get("time")));
  check_array(script);
}

SlurmScript read_script(const ParsedArguments& parsed) {
  const std::vector<std::string> words = run_arguments_of(parsed);
  boost::program_options::options_description options;
  add_all_run_options(options);
  const ParsedArguments run(*find("run"), options, "FILE", words);
  const Experiment experiment = read_given_experiment(run).experiment;
  if (run.on("overwrite")) throw ConfigError("--overwrite cannot be in a batch job (each restart would begin again)");

  const std::string file = words.front();
  const std::string site_file = find_site_file(file);
  SlurmScript script{.site = read_site_file(site_file, file),
                     .signal_seconds = count_of(parsed, "signal", 1),
                     .max_requeues = count_of(parsed, "max-requeues", 0)};
  if (!site_file.empty()) fmt::print(stderr, "jury: defaults of the site from {}\n", site_file);
  script.sbatch = sbatch_values(script.site, parsed);
  if (!script.sbatch.has("job-name")) script.sbatch.set("job-name", experiment.experiment.name);
  if (!script.sbatch.has("cpus-per-task"))
    script.sbatch.set("cpus-per-task", std::to_string(experiment.resources.threads));
  script.launcher = launcher_of(parsed.get_or<std::string>("launcher", script.site.launcher), script.sbatch);
  script.jury = script.site.jury.empty() ? std::filesystem::read_symlink("/proc/self/exe").string() : script.site.jury;
  expect_characters("the path of this program,", script.jury, kPathCharacters);

  script.arguments = {script.launcher == Launcher::launch ? "launch" : "run"};
  script.arguments.insert(script.arguments.end(), words.begin(), words.end());
  if (!run.on("resume")) script.arguments.insert(script.arguments.begin() + 2, "--resume");
  script.shards = parsed.get_or<std::string>("shards", "");
  if (!script.shards.empty() && run.has("output"))
    throw ConfigError(
        "--output and --shards exclude each other (each task of an array has its folder in that of the shards)");
  check(script);
  const auto expect_seen = [&](const std::string& what, const std::string& path) {
    if (!path.empty()) expect_seen_by_all_nodes(what, path, script.site.shared);
  };
  expect_seen("the output folder",
              script.shards.empty() ? run.get_or<std::string>("output", experiment.output.dir) : script.shards);
  expect_seen("the experiment", file);
  expect_seen("data.train", experiment.data.train);
  expect_seen("data.test", experiment.data.test);
  return script;
}

ExitCode submit(const std::string& text) {
  const ProcessResult said =
      run_process({"sbatch", "--parsable"}, {.environment = environment_outside_jobs(), .input = text, .seconds = 120});
  if (said.exit_code != 0) throw Error("sbatch did not take the job (what it said is above)");
  const std::string id(trimmed(std::string_view(said.output).substr(0, said.output.find(';'))));
  fmt::print("{}\n", id);
  fmt::print(stderr, "jury: submitted as job {} (squeue --job {})\n", id, id);
  return ExitCode::done;
}

ExitCode print_arguments(const std::string& file) {
  const auto variable = [](const char* name) {
    return std::string(std::getenv(name) != nullptr ? std::getenv(name) : "");
  };
  const ArrayTask task{.index = variable("SLURM_ARRAY_TASK_ID"), .count = variable("SLURM_ARRAY_TASK_COUNT")};
  for (const std::string& argument : script_arguments(read_text_file(file, std::uint64_t{1} << 24), task)) {
    std::fwrite(argument.data(), 1, argument.size(), stdout);
    std::fputc('\0', stdout);
  }
  return ExitCode::done;
}

}  // namespace

ExitCode slurm_command(const Command& self, const Arguments& arguments) {
  namespace po = boost::program_options;
  po::options_description options;
  options.add_options()("submit", po::bool_switch(), "submit it, and print the number of the job")(
      "output,o", po::value<std::string>(), "the script (default: standard output, or none with --submit)")(
      "launcher", po::value<std::string>(), "what starts the ranks: launch, srun, mpirun or auto")(
      "signal", po::value<int>()->default_value(120), "stop so many seconds before the time limit")(
      "max-requeues", po::value<int>()->default_value(100), "stay out of the queue after so many restarts")(
      "shards", po::value<std::string>(), "with --array: the folder of the runs, one for each task")(
      "arguments", po::bool_switch(), "print what a script tells jury, each argument ended by a NUL (scripts use it)");
  add_experiment_options(options);
  add_sbatch_options(options);
  const ParsedArguments parsed(self, options, "FILE [RUN-OPTION...]", arguments);
  if (parsed.help_printed()) return ExitCode::done;
  if (parsed.on("arguments")) return print_arguments(parsed.operand(0));

  const std::string text = to_text(read_script(parsed));
  if (parsed.has("output")) replace_file(parsed.get<std::string>("output"), text);
  if (parsed.on("submit")) return submit(text);
  if (!parsed.has("output")) fmt::print("{}", text);
  return ExitCode::done;
}

}  // namespace jury
