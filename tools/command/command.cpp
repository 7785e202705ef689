#include "tools/command/command.hpp"

#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>

#include "runtime/base/clock.hpp"
#include "runtime/base/text.hpp"
#include "runtime/mpi/session.hpp"
#include "runtime/store/file.hpp"

namespace jury {
namespace {

constexpr Command kCommands[] = {
    {"run", "FILE [options]", "train, cross-validate and combine what an experiment file asks for",
     "  jury run digits.toml                         one process\n"
     "  mpirun -n 4 jury run digits.toml             four ranks, the same results\n"
     "  jury run digits.toml -s train.lr=0.01 -n     what would be done, with another setting\n"
     "  jury run digits.toml --resume                go on where an earlier run stopped\n"
     "  jury run digits.toml --shard 2/8             one part of eight, for a job array; 'jury merge' joins them\n",
     run_command},
    {"launch", "FILE -n N [options]", "run on ranks that may die: what is lost is done again, without you",
     "  jury launch digits.toml -n 4                 four ranks that train, and one that coordinates\n"
     "  jury launch digits.toml -n 64 --resume --mpi-arg=--hostfile --mpi-arg=hosts\n",
     launch_command},
    {"resume", "DIR [options]", "continue a run, or check or re-make its files",
     "  jury resume runs/digits-1a2b3c4d             go on\n"
     "  jury resume runs/digits-1a2b3c4d --check     read the journal, name any damage\n"
     "  jury resume runs/digits-1a2b3c4d --results-only   make results.h5 again from the journal\n",
     resume_command},
    {"merge", "DIR [DIR...] -o DIR", "join runs of one experiment that were done in parts",
     "  jury merge runs/wine-1a2b3c4d-shard-1-of-2 runs/wine-1a2b3c4d-shard-2-of-2 -o runs/wine-1a2b3c4d\n"
     "  jury resume runs/wine-1a2b3c4d               what depends on all parts, and the results\n",
     merge_command},
    {"validate", "FILE [options]", "check an experiment file and its data without training",
     "  jury validate digits.toml\n"
     "  jury validate digits.toml -s cv.folds=10\n",
     validate_command},
    {"predict", "DIR DATA -o OUT [options]", "what the stored ensemble of a run says of new rows",
     "  jury predict runs/wine-1a2b3c4d new.csv -o answers.csv\n"
     "  jury predict runs/wine-1a2b3c4d new.csv -o answers.h5 --all --members\n"
     "  jury predict runs/wine-1a2b3c4d new.csv -o plain.csv --all --uncalibrated   as if the run had no "
     "final.calibrate\n"
     "  mpirun -n 4 jury predict runs/wine-1a2b3c4d new.npy -o -      four ranks, the same bytes\n",
     predict_command},
    {"show", "DIR... [TABLE] [options]", "print a table of runs: leaderboard, trials, folds, members, bias_variance",
     "  jury show runs/digits-1a2b3c4d               the summary\n"
     "  jury show runs/* leaderboard --sort value    one line a run, the best first\n"
     "  jury show runs/wine-5e6f7a8b trials --sort value --top 10      the ten best\n"
     "  jury show runs/digits-1a2b3c4d members       one line a trained member\n"
     "  jury show runs/digits-1a2b3c4d folds -f csv > folds.csv\n"
     "  jury show runs/digits-1a2b3c4d timing        what each rank did, and its memory\n"
     "  jury show runs/digits-1a2b3c4d --follow      a run that goes on, until it ends\n",
     show_command},
    {"compare", "DIR DIR... [options]", "is one run, or one learner on several data sets, better than another",
     "  jury compare runs/wine-1a2b3c4d runs/wine-5e6f7a8b\n"
     "  jury compare a b c --metric log_loss -o tests.csv\n"
     "  jury compare bag-iris bag-glass bag-sonar net-iris net-glass net-sonar \\\n"
     "    -l bag -l bag -l bag -l net -l net -l net       two learners on three data sets\n",
     compare_command},
    {"report", "DIR [DIR...] [options]", "a run, or several side by side, as one page that needs nothing but a browser",
     "  jury report runs/digits-1a2b3c4d             makes report.html of the run's directory again\n"
     "  jury report runs/digits-1a2b3c4d -o page.html --overwrite\n"
     "  jury report runs/sweep-* -o sweep.html       settings against scores across runs\n",
     report_command},
    {"export", "DIR FORMAT [-o FILE]",
     "what a run found and trained, for other programs: tables, ONNX, weights, Optuna, TensorBoard",
     "  jury export runs/digits-1a2b3c4d onnx -o digits.onnx    the ensemble, with its preprocessing, for ONNX "
     "Runtime\n"
     "  jury export runs/digits-1a2b3c4d csv         every table, in a folder of the run's directory\n"
     "  jury export runs/digits-1a2b3c4d csv --table folds > folds.csv\n"
     "  jury export runs/digits-1a2b3c4d weights     the tensors of its networks, for numpy.load()\n"
     "  jury export runs/tpe-1a2b3c4d optuna && optuna-dashboard runs/tpe-1a2b3c4d/optuna.log\n"
     "  jury export runs/tpe-1a2b3c4d tensorboard && tensorboard --logdir runs/tpe-1a2b3c4d/tensorboard\n",
     export_command},
    {"diff", "A B", "compare the scientific content of two runs or results files",
     "  jury diff runs/digits-1a2b3c4d runs/digits-5e6f7a8b\n"
     "  jury diff a/results.h5 b/results.h5\n",
     diff_command},
    {"init", "DATA [options]", "write a commented experiment for a data file",
     "  jury init wine.csv                           writes wine.toml: guesses the target, explains every setting\n"
     "  jury init wine.csv --target quality -o first.toml\n"
     "  jury init patients.csv -s group=patient -o -\n",
     init_command},
    {"data info", "FILE [options]", "what a data file holds, and an experiment to start with",
     "  jury data info wine.csv\n"
     "  jury data info train-images-idx3-ubyte.gz\n",
     data_info_command},
    {"data make", "GENERATOR -o FILE [options]", "samples with a known answer, as a file",
     "  jury data make friedman1 -o friedman1.csv\n"
     "  jury data make moons --rows 1000 --noise 0.3 --seed 7 -o moons.npz\n"
     "  jury data make twonorm --truth -o -          probabilities of the classes as well, on standard output\n",
     data_make_command},
    {"data convert", "IN OUT [options]", "a data file in another format: csv, npy, npz, libsvm, arff, idx, h5",
     "  jury data convert wine.arff wine.csv\n"
     "  jury data convert wine.csv wine.libsvm --target quality\n"
     "  jury data convert train-images-idx3-ubyte.gz digits.npz\n"
     "  zcat big.csv.gz | jury data convert - big.npy --format csv\n",
     data_convert_command},
    {"slurm", "FILE [options] [-- RUN-OPTION...]", "write, and submit, a batch script for Slurm",
     "  jury slurm wine.toml --nodes 2 --ntasks 64 --time 4:00:00 > wine.sbatch     look at it, then sbatch "
     "wine.sbatch\n"
     "  jury slurm wine.toml --ntasks 64 --time 4:00:00 --submit\n"
     "  jury slurm wine.toml --ntasks 8 --launcher srun --submit -- --strict       options of jury run after --\n",
     slurm_command},
    {"doctor", "[DIR] [options]", "is this machine, or this job, fit to run on: versions, cores, output folder",
     "  jury doctor                                  looks at the folder 'runs'\n"
     "  mpirun -n 4 jury doctor /scratch/me/runs     all ranks: cores, instruction sets, whether they share the "
     "folder\n"
     "  jury doctor --json\n",
     doctor_command},
    {"bench steps", "[NET...] [options]", "what a training step costs, against its bare matrix products",
     "  jury bench steps                             every network\n"
     "  jury bench steps 13-50-2@32 64-100-10@128\n"
     "  jury bench steps --net cnn@128 --seconds 1 --json\n",
     bench_steps_command},
    {"bench predict", "[options]", "what an ensemble's predictions cost, against their bare matrix products",
     "  jury bench predict\n"
     "  jury bench predict --repeats 21 --json\n",
     bench_predict_command},
    {"bench tasks", "--journal FILE [options]",
     "what dealing tasks and writing records costs, on as many ranks as there are",
     "  mpirun -n 2 jury bench tasks --journal tasks.journal --count 1000000\n"
     "  mpirun -n 2 jury bench tasks --journal tasks.journal --count 10000 --task-seconds 0.01\n",
     bench_tasks_command},
    {"bench data", "[FILE...] [options]", "how fast delimited text becomes a table, against reading the file alone",
     "  jury bench data                              made-up files of several kinds\n"
     "  jury bench data big.csv --repeats 3 --json\n",
     bench_data_command},
    {"bench trace", "--net NET -o DIR [options]", "write down a short training, for another program to repeat",
     "  jury bench trace --net 13-50-2@32 -o trace\n"
     "  jury bench trace --net 64-100-10@128 --data digits.csv.gz -s optimizer=momentum -s lr=0.05 -o trace\n",
     bench_trace_command},
    {"schema", "", "the experiment file as a JSON Schema, for editors",
     "  jury schema > experiment.schema.json         then, first in a .toml: #:schema experiment.schema.json\n",
     schema_command},
    {"completion", "SHELL", "completion for bash, zsh or fish",
     "  source <(jury completion bash)               for this shell\n"
     "  jury completion bash > ~/.local/share/bash-completion/completions/jury\n"
     "  jury completion zsh > ~/.zfunc/_jury         a folder of $fpath\n"
     "  jury completion fish > ~/.config/fish/completions/jury.fish\n",
     completion_command},
    {"man", "[PAGE]", "the manual: jury (commands) or jury-experiment (settings)",
     "  jury man | man -l -\n"
     "  jury man jury-experiment | man -l -\n",
     man_command},
    {"help", "[COMMAND...]", "the commands, or what one of them takes",
     "  jury help\n"
     "  jury help data info\n",
     help_command},
    {"version", "", "versions of jury and of the libraries it uses", "  jury version\n", version_command},
};

// The command whose name the arguments start with, and how many words that took.
std::pair<const Command*, std::size_t> find_command(const Arguments& arguments) {
  for (const Command& command : kCommands) {
    const auto words = split_text(command.name, ' ');
    bool same = arguments.size() >= words.size();
    for (std::size_t i = 0; same && i < words.size(); ++i) same = arguments[i] == words[i];
    if (same) return {&command, words.size()};
  }
  return {nullptr, 0};
}

[[noreturn]] void unknown_command(const Arguments& arguments) {
  std::vector<std::string_view> known;
  std::string group;
  for (const Command& command : kCommands) {
    known.push_back(command.name);
    if (command.name.starts_with(arguments[0] + " ")) group += std::string(command.name) + ", ";
  }
  if (!group.empty())
    throw ConfigError(
        fmt::format("'jury {}' needs a sub-command (known: {})", arguments[0], group.substr(0, group.size() - 2)));
  throw ConfigError(
      fmt::format("unknown command '{}'{} see 'jury --help'", arguments[0], suggestion(arguments[0], known)));
}

// JURY_EXIT_FILE: where to write the exit code, for a batch script whose launcher cannot be believed.
int noted(ExitCode code) {
  const char* file = std::getenv("JURY_EXIT_FILE");
  if (file != nullptr && *file != '\0' && is_first_rank()) {
    try {
      replace_file(file, fmt::format("{}\n", static_cast<int>(code)));
    } catch (const Error&) {  // then the script tries again, and finds nothing left to do
    }
  }
  return static_cast<int>(code);
}

// Under mpirun every rank finds the same mistake: rank 0 says it.
void say(const std::string& problems) {
  if (!is_first_rank()) return;
  for (const std::string_view line : split_text(problems, '\n'))
    std::fprintf(stderr, "jury: %.*s\n", static_cast<int>(line.size()), line.data());
}

// mpirun ends all ranks with the first that fails. The others wait for that, so that rank 0 has said what all of them
// found.
void let_rank_0_speak() {
  constexpr double kSeconds = 3;
  if (!is_first_rank()) system_clock().sleep(kSeconds);
}

}  // namespace

std::span<const Command> commands() noexcept { return kCommands; }

void print_overview(std::ostream& out) {
  out << "jury trains, cross-validates and combines many models on the cores of one machine or a cluster.\n\n"
         "Examples:\n"
         "  jury run experiment.toml                     run an experiment in this process\n"
         "  mpirun -n 4 jury run experiment.toml         run it on four ranks\n"
         "  jury show runs/experiment-1a2b3c4d           see what came out\n\n"
         "Commands:\n";
  for (const Command& command : kCommands) out << fmt::format("  {:<13} {}\n", command.name, command.summary);
  out << "\n'jury COMMAND --help' shows examples and options of a command.\n"
         "Exit codes: 0 done, 1 failed, 2 usage or configuration, 3 data, 4 too many tasks failed,\n"
         "5 worse than --require, 74 input or output, 75 stopped early and resumable.\n";
}

ExitCode dispatch_words(const Arguments& arguments) {
  if (arguments.empty()) {
    print_overview(std::cerr);
    return ExitCode::usage;
  }
  if (arguments[0] == "--help" || arguments[0] == "-h") {
    print_overview(std::cout);
    return ExitCode::done;
  }
  const bool version = arguments[0] == "--version" || arguments[0] == "-V";
  const auto [command, words] = find_command(version ? Arguments{"version"} : arguments);
  if (command == nullptr) unknown_command(arguments);
  const auto rest = arguments.begin() + static_cast<std::ptrdiff_t>(words);
  return command->run(*command, Arguments(rest, arguments.end()));
}

int dispatch(const Arguments& arguments) {
  // A file over the size limit is then a failed write like any other, with a message and exit code 74.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    const ExitCode code = dispatch_words(arguments);
    // A failed flush drops what it could not write, so that a second one succeeds: the flags remember.
    std::cout.flush();
    std::fflush(stdout);
    if (std::cout.bad() || std::ferror(stdout) != 0)
      throw IoError("standard output cannot be written (is the disk full?)");
    return noted(code);
  } catch (const std::exception&) {
    const ExitCode code = complain();
    let_rank_0_speak();
    return noted(code);
  }
}

ExitCode complain() {
  try {
    throw;
  } catch (const CommError& error) {
    std::fprintf(stderr, "jury: %s\n", error.what());  // each rank knows its own
    return error.exit_code();
  } catch (const Error& error) {
    say(error.what());
    if (std::getenv("JURY_DEBUG") != nullptr) say("  thrown at " + error.where());
    return error.exit_code();
  } catch (const std::bad_alloc&) {
    say("out of memory (use fewer ranks on this machine, or smaller batches)");
  } catch (const std::exception& error) {
    say(std::string("internal error: ") + error.what());
  }
  return ExitCode::failed;
}

}  // namespace jury
