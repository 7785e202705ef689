#include "runtime/base/slurm.hpp"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <sstream>
#include <string_view>

#include "runtime/base/error.hpp"
#include "runtime/base/process.hpp"
#include "runtime/base/text.hpp"

namespace jury {
namespace {

// What scontrol says, with times in seconds since 1970; "" when it says nothing.
std::string ask_scontrol(const std::vector<std::string>& question, double patience) {
  std::vector<std::string> words = {"scontrol", "show"};
  words.insert(words.end(), question.begin(), question.end());
  try {
    std::vector<std::string> environment = environment_without({"SLURM_TIME_FORMAT="});
    environment.emplace_back("SLURM_TIME_FORMAT=%s");
    const ProcessResult said = run_process(words, {.environment = std::move(environment), .seconds = patience});
    return said.exit_code == 0 ? said.output : "";
  } catch (const Error&) {
    return {};  // a container without Slurm's commands: its signal still comes
  }
}

// The word after a key, as in "EndTime="; "" where there is none.
std::string word_after(std::string_view key, std::string_view text) {
  const std::size_t at = text.find(" " + std::string(key));
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + 1 + key.size());
  return std::string(text.substr(0, text.find_first_of(" \n")));
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
  const std::optional<double> end =
      parse_number(given != nullptr ? given : word_after("EndTime=", ask_scontrol({"job", job}, patience)));
  if (!end) return std::nullopt;
  return *end - static_cast<double>(std::time(nullptr));
}

std::vector<std::string> slurm_nodes_left(double patience) {
  const std::string job = name_of_job();
  if (job.empty()) return {};
  const std::string list = word_after("NodeList=", ask_scontrol({"job", job}, patience));
  if (list.empty() || list == "(null)") return {};
  std::vector<std::string> nodes;
  std::istringstream lines(ask_scontrol({"hostnames", list}, patience));
  for (std::string node; std::getline(lines, node);) nodes.push_back(node);
  return nodes;
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
