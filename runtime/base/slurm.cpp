#include "runtime/base/slurm.hpp"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <string_view>

#include "runtime/base/error.hpp"
#include "runtime/base/process.hpp"
#include "runtime/base/text.hpp"

namespace jury {
namespace {

// The word after "EndTime=" in what scontrol says, which it was asked to write in seconds since 1970.
std::optional<double> end_time_in(std::string_view text) {
  constexpr std::string_view kKey = " EndTime=";
  const std::size_t at = text.find(kKey);
  if (at == std::string_view::npos) return std::nullopt;
  text.remove_prefix(at + kKey.size());
  return parse_number(text.substr(0, text.find_first_of(" \n")));
}

std::optional<double> ask_scontrol(const std::string& job, double patience) {
  try {
    std::vector<std::string> environment = environment_without({"SLURM_TIME_FORMAT="});
    environment.emplace_back("SLURM_TIME_FORMAT=%s");
    const ProcessResult said =
        run_process({"scontrol", "show", "job", job}, {.environment = std::move(environment), .seconds = patience});
    return said.exit_code == 0 ? end_time_in(said.output) : std::nullopt;
  } catch (const Error&) {
    return std::nullopt;  // a container without Slurm's commands: its signal still comes
  }
}

// What scontrol takes for this job. The number of an array's job would stand for all its tasks.
std::string name_of_job() {
  const auto variable = [](const char* name) {
    return std::string(std::getenv(name) != nullptr ? std::getenv(name) : "");
  };
  const std::string task = variable("SLURM_ARRAY_TASK_ID");
  return task.empty() ? variable("SLURM_JOB_ID") : variable("SLURM_ARRAY_JOB_ID") + "_" + task;
}

}  // namespace

std::optional<double> slurm_seconds_left(double patience) {
  const std::string job = name_of_job();
  if (job.empty()) return std::nullopt;
  const char* given = std::getenv("SLURM_JOB_END_TIME");
  const std::optional<double> end = given != nullptr ? parse_number(given) : ask_scontrol(job, patience);
  if (!end) return std::nullopt;
  return *end - static_cast<double>(std::time(nullptr));
}

double seconds_before_slurm_ends(double seconds_left) noexcept {
  return seconds_left - std::min(60.0, seconds_left / 10);
}

std::vector<std::string> environment_outside_jobs() {
  std::vector<std::string> environment =
      environment_without({"SLURM_", "SBATCH_", "SRUN_", "SALLOC_", "PMIX_", "PMI_", "OMPI_COMM_WORLD_", "PRTE_"});
  if (const char* cluster = std::getenv("SLURM_CONF")) environment.push_back(std::string("SLURM_CONF=") + cluster);
  return environment;
}

}  // namespace jury
