// What is wrong, from the facts alone.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "runtime/base/text.hpp"
#include "tools/command/doctor_facts.hpp"

namespace jury {
namespace {

constexpr std::uint64_t kLittleSpace = std::uint64_t{1} << 30;
constexpr std::uint64_t kLittleMemory = std::uint64_t{256} << 20;

struct HostFacts {
  std::size_t ranks = 0;
  std::set<int> cpus = {};
  int cores = 0;
};

std::map<std::string, HostFacts> by_host(const DoctorFacts& facts) {
  std::map<std::string, HostFacts> hosts;
  for (const RankFacts& rank : facts.ranks) {
    HostFacts& host = hosts[rank.host];
    ++host.ranks;
    host.cpus.insert(rank.cpus.begin(), rank.cpus.end());
    host.cores = std::max(host.cores, rank.cores);
  }
  return hosts;
}

std::size_t threads_per_rank(const DoctorFacts& facts) {
  const auto number = parse_number(facts.variable("OMP_NUM_THREADS"));
  return number && *number >= 1 && *number < 1e6 ? static_cast<std::size_t>(*number) : 1;
}

void find_threads(const DoctorFacts& facts, std::vector<Finding>& findings) {
  const std::size_t threads = threads_per_rank(facts);
  for (const auto& [name, host] : by_host(facts)) {
    const std::size_t cpus = host.cpus.size();
    if (host.ranks > cpus) {
      const bool bound = host.cpus.size() < static_cast<std::size_t>(host.cores);
      findings.push_back(
          {fmt::format("{} on {} share {}", counted(host.ranks, "rank"), name, counted(cpus, "core")),
           bound ? fmt::format("they are bound to these of its {}", host.cores) : "each trains on a core of its own",
           bound ? "add --bind-to core --map-by core to mpirun, or ask Slurm for --cpus-per-task"
                 : fmt::format("start at most {} there", cpus)});
    } else if (host.ranks * threads > cpus) {
      findings.push_back({fmt::format("{} of {} each on {} have {}", counted(host.ranks, "rank"),
                                      counted(threads, "thread"), name, counted(cpus, "core")),
                          "OMP_NUM_THREADS says so",
                          fmt::format("export OMP_NUM_THREADS={}", std::max<std::size_t>(cpus / host.ranks, 1))});
    }
  }
}

void find_differences(const DoctorFacts& facts, std::vector<Finding>& findings) {
  std::map<std::string, std::string> isas, versions;  // and a host with it
  for (const RankFacts& rank : facts.ranks) {
    isas.try_emplace(rank.isa, rank.host);
    versions.try_emplace(rank.version, rank.host);
  }
  const auto listed_hosts = [](const std::map<std::string, std::string>& values) {
    std::vector<std::string> texts;
    for (const auto& [value, host] : values) texts.push_back(value + " on " + host);
    return listed(texts);
  };
  if (versions.size() > 1)
    findings.push_back({"the ranks run different versions of jury", listed_hosts(versions),
                        "install one version on all nodes, or name it by its whole path"});
  if (isas.size() > 1)
    findings.push_back({"the ranks have different instruction sets",
                        listed_hosts(isas) + "; bits would depend on who trains",
                        "run on nodes of one kind (sbatch --constraint=..., or a hostfile of those)"});
}

void find_output(const DoctorFacts& facts, std::vector<Finding>& findings) {
  const OutputFacts& output = facts.output;
  if (!output.problem.empty()) {
    findings.push_back({fmt::format("nothing can be written to '{}'", output.folder), output.problem,
                        "name another folder with 'jury run -o' or output.dir"});
    return;
  }
  if (output.file_system == "tmpfs" || output.file_system == "ramfs")
    findings.push_back(
        {fmt::format("'{}' is in memory", output.folder),
         output.file_system + "; runs are gone when the machine restarts, and take memory from the ranks",
         "name a folder on a disk"});
  if (output.locks == Locks::absent)
    findings.push_back(
        {fmt::format("'{}' has no file locks", output.folder), output.file_system,
         "let its administrator mount it with locks (Lustre: -o flock), and never start two runs in one directory"});
  if (output.locks == Locks::ignored)
    findings.push_back({fmt::format("locks in '{}' keep nobody out", output.folder),
                        output.file_system + "; two runs in one directory would not notice each other",
                        "name a folder on another file system"});
  for (const RankFacts& rank : facts.ranks) {
    if (!rank.sees_output) {
      findings.push_back(
          {fmt::format("rank {} on {} does not see what rank 0 writes to '{}'", rank.rank, rank.host, output.folder),
           "the nodes do not share it", "name a folder that all nodes share"});
      break;
    }
    if (!rank.locks_out) {
      findings.push_back(
          {fmt::format("rank {} on {} gets a lock that rank 0 holds in '{}'", rank.rank, rank.host, output.folder),
           "locks end at the node", "never start two runs in one directory, or name a folder with locks across nodes"});
      break;
    }
  }
  if (output.free_bytes < kLittleSpace)
    findings.push_back(
        {fmt::format("'{}' has {} left", output.folder, format_bytes(static_cast<double>(output.free_bytes))),
         "a full disk stops a run", "make room, or name another folder"});
}

void find_launching(const DoctorFacts& facts, std::vector<Finding>& findings) {
  const bool may_be_root =
      !facts.variable("OMPI_ALLOW_RUN_AS_ROOT").empty() && !facts.variable("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM").empty();
  if (facts.mpirun.empty() && !facts.is_launched)
    findings.push_back({"there is no mpirun", "not in PATH; one process still works",
                        "apt-get install openmpi-bin, or load the cluster's module of Open MPI"});
  if (facts.is_root && !facts.is_launched && !facts.mpirun.empty() && !may_be_root)
    findings.push_back({"mpirun will refuse to start", "this is root, and OMPI_ALLOW_RUN_AS_ROOT is not set",
                        "become another user, or in a container: source tools/mpi-env"});
  const auto tasks = parse_number(facts.variable("SLURM_NTASKS"));
  if (tasks && *tasks > 1 && !facts.is_launched)
    findings.push_back({fmt::format("this job of Slurm has {:.0f} tasks, and this is one process", *tasks),
                        "nothing has started the others", "start it with srun or mpirun"});
  if (facts.ranks.size() == 1 && facts.is_launched && tasks && *tasks > 1)
    findings.push_back({fmt::format("each of {:.0f} tasks of Slurm is a world of its own", *tasks),
                        "srun and this Open MPI do not know each other", "start it with mpirun, or srun --mpi=pmix"});
  if (facts.memory_bytes < kLittleMemory)
    findings.push_back({fmt::format("{} of memory is left", format_bytes(static_cast<double>(facts.memory_bytes))),
                        "others use it, or the job asked for little",
                        "ask Slurm for more with --mem, or start fewer ranks"});
}

}  // namespace

std::string DoctorFacts::variable(std::string_view name) const {
  for (const auto& [known, value] : environment)
    if (known == name) return value;
  return {};
}

std::vector<Finding> findings_of(const DoctorFacts& facts) {
  std::vector<Finding> findings;
  find_differences(facts, findings);
  find_threads(facts, findings);
  find_output(facts, findings);
  find_launching(facts, findings);
  return findings;
}

}  // namespace jury
