#include "tools/command/slurm_script.hpp"

#include <fmt/format.h>

#include "runtime/base/text.hpp"

namespace jury {
namespace {

constexpr std::string_view kMark = "#JURY ";

constexpr std::string_view kHead = R"sh(#!/bin/bash
# Runs an experiment as a Slurm job: stops it cleanly before the time limit, and goes back to the queue until it is done.
# Written by 'jury slurm'; submit it with sbatch. What it prints goes on in one log however often it starts.
)sh";

constexpr std::string_view kStop = R"sh(#SBATCH --requeue
#SBATCH --open-mode=append
)sh";

constexpr std::string_view kArguments = R"sh(
# What jury is told, an argument a line. To this shell they are comments: jury reads them itself, with every byte but
# letters, digits and ._-/+@,:= written as %XX. In an array %I is the number of the task, %N how many there are.
)sh";

constexpr std::string_view kRead = R"sh(mapfile -d '' -t arguments < <("$jury" slurm --arguments "$0")
if [ "${#arguments[@]}" -eq 0 ]; then
  echo "jury slurm: no arguments were read from $0 (is $jury there on this node?)" >&2
  exit 2
fi
job=${SLURM_JOB_ID}
)sh";

// The number of an array's job stands for all its tasks.
constexpr std::string_view kTaskOfArray = "job=${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}\n";

constexpr std::string_view kEnvironment = R"sh(
export SRUN_CPUS_PER_TASK="${SLURM_CPUS_PER_TASK:-1}"     # since 22.05 srun does not take it from sbatch
export OMPI_MCA_btl_vader_single_copy_mechanism=none    # what it needs is forbidden in containers
export OMPI_MCA_hwloc_base_binding_policy=none          # mpirun binds a rank with all its threads to one core

# SIGUSR1 stops the run at the next task or epoch (exit code 75), SIGUSR2 makes it write its results and go on.
# A shell runs a trap only while it waits, so the run is in the background.
trap 'interrupted=1; leaving=1; kill -USR1 "$run"' USR1
trap 'interrupted=1; kill -USR2 "$run"' USR2
trap 'interrupted=1; leaving=1; terminated=1; kill -TERM "$run"' TERM
leaving= terminated= attempt=1
export JURY_EXIT_FILE="$PWD/.jury-$job.exit"
while true; do
  rm -f "$JURY_EXIT_FILE"
)sh";

constexpr std::string_view kWait = R"sh(  run=$!
  interrupted=1
  while [ -n "$interrupted" ]; do
    interrupted=
    wait "$run"
    code=$?
  done
  # srun says 0 of ranks that it could not start as well: jury itself notes its code.
  if [ "$code" -eq 0 ] && [ ! -e "$JURY_EXIT_FILE" ]; then code=255; fi
  # Ranks that were killed, or never came up because a node that lost its power left Slurm's sockets behind, get two more chances.
  if [ "$code" -lt 128 ] || [ -n "$leaving" ] || [ "$attempt" -ge 3 ]; then break; fi
  attempt=$((attempt + 1))
  sleep 5
done
rm -f "$JURY_EXIT_FILE"

)sh";

// After SIGTERM Slurm itself decides: it requeues what was preempted, and does not what was cancelled.
constexpr std::string_view kRequeue = R"sh(if [ "$code" -eq 75 ] && [ -z "$terminated" ]; then
  if [ "${SLURM_RESTART_COUNT:-0}" -ge "$max_requeues" ]; then
    echo "jury slurm: stopped after $max_requeues restarts; submit the job again to go on" >&2
  else
    scontrol requeue "$job"
  fi
fi
exit "$code"
)sh";

constexpr std::string_view line_of(Launcher launcher) {
  switch (launcher) {
    case Launcher::launch:
      return R"sh(  "$jury" "${arguments[@]}" -n "${SLURM_NTASKS:-$((SLURM_JOB_NUM_NODES * SLURM_NTASKS_PER_NODE))}" &
)sh";
    case Launcher::srun:
      return R"sh(  srun --mpi=pmix "$jury" "${arguments[@]}" &
)sh";
    case Launcher::mpirun:
      return R"sh(  mpirun "$jury" "${arguments[@]}" &
)sh";
  }
  return "";
}

// Bytes as they are, or %XX.
std::string encoded(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (kPathCharacters.find(c) != std::string_view::npos) {
      result += c;
    } else {
      result += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return result;
}

// A byte of "XX", which follows a '%'.
char byte_of(std::string_view digits, std::string_view argument) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  const std::size_t high = digits.size() < 2 ? std::string_view::npos : kHex.find(digits[0]);
  const std::size_t low = digits.size() < 2 ? std::string_view::npos : kHex.find(digits[1]);
  if (high == std::string_view::npos || low == std::string_view::npos || high + low == 0)
    throw DataError(fmt::format("'{}' of a batch script is no argument ('%' needs two hexadecimal digits)", argument));
  return static_cast<char>(16 * high + low);
}

std::string decoded(std::string_view text, const ArrayTask& task) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view after = text.substr(i + 1);
    if (text[i] != '%') {
      result += text[i];
    } else if (after.starts_with('I') || after.starts_with('N')) {
      const std::string& number = after.front() == 'I' ? task.index : task.count;
      if (number.empty() || number.find_first_not_of(kDigits) != std::string::npos)
        throw DataError(fmt::format("'{}' of a batch script is of a task of an array (submit it with --array)", text));
      result += number;
      i += 1;
    } else {
      result += byte_of(after, text);
      i += 2;
    }
  }
  return result;
}

}  // namespace

std::string to_text(const SlurmScript& script) {
  std::string text(kHead);
  for (const std::string& argument : script.sbatch.arguments()) text += "#SBATCH " + argument + "\n";
  const std::string number = script.sbatch.has("array") ? "%A_%a" : "%j";
  text += fmt::format("#SBATCH --output={}-{}.log\n", script.sbatch.get("job-name"), number);
  text += fmt::format("#SBATCH --signal=B:USR1@{}\n", script.signal_seconds);
  text += kStop;
  text += kArguments;
  for (const std::string& argument : script.arguments) text += std::string(kMark) + encoded(argument) + "\n";
  if (!script.shards.empty())
    text += fmt::format("{}--output={}/%I\n{}--shard=%I/%N\n", kMark, encoded(script.shards), kMark);
  text += "\n";
  for (const std::string& module : script.site.modules) text += fmt::format("module load '{}'\n", module);
  for (const auto& [name, value] : *script.site.environment.as<Config::Table>())
    text += fmt::format("export {}='{}'\n", name, word_of(value));
  text += fmt::format("jury='{}'\nmax_requeues={}\n", script.jury, script.max_requeues);
  text += kRead;
  if (script.sbatch.has("array")) text += kTaskOfArray;
  text += kEnvironment;
  text += line_of(script.launcher);
  text += kWait;
  text += kRequeue;
  return text;
}

std::vector<std::string> script_arguments(std::string_view script, const ArrayTask& task) {
  std::vector<std::string> arguments;
  for (const std::string_view line : split_text(script, '\n'))
    if (line.starts_with(kMark)) arguments.push_back(decoded(line.substr(kMark.size()), task));
  if (arguments.empty())
    throw DataError(
        "a batch script without arguments for jury (no line begins with '#JURY ') write it with 'jury slurm FILE'");
  return arguments;
}

}  // namespace jury
