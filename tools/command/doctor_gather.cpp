// Finding the facts out.
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <span>
#include <thread>

#include "models/data/file_bytes.hpp"
#include "models/nn/session.hpp"
#include "runtime/base/bytes.hpp"
#include "runtime/base/text.hpp"
#include "runtime/mpi/session.hpp"
#include "runtime/store/file.hpp"
#include "search/study/versions.hpp"
#include "tools/command/doctor_facts.hpp"

extern char** environ;

namespace fs = std::filesystem;

namespace jury {
namespace {

constexpr std::array<std::string_view, 9> kVariables = {
    "SLURM_", "OMPI_MCA_", "OMPI_ALLOW_RUN_AS_ROOT", "OMPI_COMM_WORLD_SIZE", "PRTE_MCA_", "OMP_", "ONEDNN_",
    "DNNL_",  "JURY_"};

// What mpirun itself tells its processes.
constexpr std::array<std::string_view, 6> kSetByMpirun = {"OMPI_MCA_orte_",
                                                          "OMPI_MCA_ess",
                                                          "OMPI_MCA_initial_wdir",
                                                          "OMPI_MCA_pmix",
                                                          "OMPI_MCA_shmem_RUNTIME_QUERY_hint",
                                                          "OMPI_MCA_mpi_oversubscribe"};

bool begins_with_one_of(std::string_view text, std::span<const std::string_view> beginnings) {
  return std::ranges::any_of(beginnings, [&](std::string_view begin) { return text.starts_with(begin); });
}

std::vector<int> allowed_cpus() {
  std::vector<int> cpus;
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return cpus;
  for (std::size_t cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(cpu, &set)) cpus.push_back(static_cast<int>(cpu));
  return cpus;
}

std::vector<std::pair<std::string, std::string>> variables() {
  std::vector<std::pair<std::string, std::string>> found;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    if (begins_with_one_of(text, kVariables) && !(launched_by_mpi() && begins_with_one_of(text, kSetByMpirun)))
      found.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::string program_in_path(std::string_view name) {
  const char* path = std::getenv("PATH");
  for (const std::string_view folder : split_text(path == nullptr ? "" : path, ':')) {
    const std::string program = fmt::format("{}/{}", folder, name);
    if (!folder.empty() && ::access(program.c_str(), X_OK) == 0) return program;
  }
  return {};
}

std::string file_system_of(const std::string& path) {
  struct statfs about {};
  if (::statfs(path.c_str(), &about) != 0) return "unknown";
  static constexpr struct {
    long type;
    const char* name;
  } kTypes[] = {{TMPFS_MAGIC, "tmpfs"},
                {RAMFS_MAGIC, "ramfs"},
                {EXT4_SUPER_MAGIC, "ext4"},
                {XFS_SUPER_MAGIC, "xfs"},
                {BTRFS_SUPER_MAGIC, "btrfs"},
                {NFS_SUPER_MAGIC, "nfs"},
                {0x0BD00BD0, "lustre"},
                {0x47504653, "gpfs"},
                {0x19830326, "beegfs"},
                {CEPH_SUPER_MAGIC, "ceph"},
                {OVERLAYFS_SUPER_MAGIC, "overlay"},
                {FUSE_SUPER_MAGIC, "fuse"},
                {0x2FC12FC1, "zfs"},
                {V9FS_MAGIC, "9p"},
                {0xFF534D42, "cifs"},
                {SMB2_SUPER_MAGIC, "smb2"}};
  for (const auto& type : kTypes)
    if (static_cast<std::uint32_t>(type.type) == static_cast<std::uint32_t>(about.f_type)) return type.name;
  return fmt::format("type {:#x}", static_cast<std::uint32_t>(about.f_type));
}

// What is there of a path; "" for the folders above it that are nothing but names.
std::string what_exists_of(const std::string& folder) {
  fs::path path = fs::absolute(folder).lexically_normal();
  std::error_code none;
  while (!fs::exists(path, none) && path.has_relative_path()) path = path.parent_path();
  return path.string();
}

// One file with a lock on it, while this lives.
class Probe {
 public:
  explicit Probe(const std::string& folder) : path_(folder + "/.jury-doctor-" + std::to_string(::getpid())) {
    fd_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd_ < 0) problem_ = std::strerror(errno);
  }
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;
  ~Probe() {
    if (fd_ < 0) return;
    ::close(fd_);
    ::unlink(path_.c_str());
  }
  const std::string& path() const noexcept { return path_; }
  const std::string& problem() const noexcept { return problem_; }
  Locks lock() const {
    if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) return Locks::absent;
    return others_get_in(path_) ? Locks::ignored : Locks::work;
  }
  // Whether somebody else gets the lock. Locks of flock() belong to an open file, so that one process can try.
  static bool others_get_in(const std::string& path) {
    const int other = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (other < 0) return false;
    const bool got = ::flock(other, LOCK_EX | LOCK_NB) == 0;
    ::close(other);
    return got;
  }

 private:
  std::string path_, problem_;
  int fd_;
};

OutputFacts look_at(const std::string& folder, const std::string& existing) {
  OutputFacts output{.folder = folder, .existing = existing, .file_system = file_system_of(existing)};
  std::error_code none;
  if (!fs::is_directory(existing, none)) {
    output.problem = "'" + existing + "' is no folder";
    return output;
  }
  struct statvfs space {};
  if (::statvfs(existing.c_str(), &space) == 0) output.free_bytes = std::uint64_t{space.f_bavail} * space.f_frsize;
  return output;
}

RankFacts own_facts(const Comm& comm, const std::string& probe, const OutputFacts& output) {
  RankFacts facts{.rank = comm.rank(),
                  .host = host_name(),
                  .version = jury_version() + (jury_git().empty() ? "" : " (" + jury_git() + ")"),
                  .isa = isa(),
                  .cpus = allowed_cpus()};
  facts.cores = static_cast<int>(std::thread::hardware_concurrency());
  const long configured = ::sysconf(_SC_NPROCESSORS_ONLN);
  if (configured > 0) facts.cores = static_cast<int>(configured);
  if (probe.empty() || comm.rank() == 0) return facts;
  facts.sees_output = ::access(probe.c_str(), F_OK) == 0;
  facts.locks_out = !facts.sees_output || output.locks != Locks::work || !Probe::others_get_in(probe);
  return facts;
}

std::vector<RankFacts> of_all_ranks(const Comm& comm, const RankFacts& own) {
  ByteWriter writer;
  writer.add(own.rank)
      .add(std::string_view(own.host))
      .add(std::string_view(own.version))
      .add(std::string_view(own.isa))
      .add(own.cpus)
      .add(own.cores);
  writer.add(static_cast<std::uint8_t>(own.sees_output)).add(static_cast<std::uint8_t>(own.locks_out));
  const Bytes all = comm.gather(writer.bytes(), 0);
  if (comm.rank() != 0) return {own};
  std::vector<RankFacts> ranks(static_cast<std::size_t>(comm.size()));
  ByteReader reader(all);
  for (RankFacts& rank : ranks) {
    rank.rank = reader.read<int>();
    rank.host = reader.text();
    rank.version = reader.text();
    rank.isa = reader.text();
    rank.cpus = reader.vector<int>();
    rank.cores = reader.read<int>();
    rank.sees_output = reader.read<std::uint8_t>() != 0;
    rank.locks_out = reader.read<std::uint8_t>() != 0;
  }
  return ranks;
}

}  // namespace

DoctorFacts gather_facts(const Comm& comm, const std::string& folder) {
  DoctorFacts facts;
  const std::string existing = what_exists_of(folder);
  facts.output = look_at(folder, existing);
  std::unique_ptr<Probe> probe;
  if (comm.rank() == 0 && facts.output.problem.empty()) {
    probe = std::make_unique<Probe>(existing);
    facts.output.problem = probe->problem();
    if (probe->problem().empty()) facts.output.locks = probe->lock();
  }
  const bool made = probe != nullptr && probe->problem().empty();
  const std::string path = comm.broadcast(made ? std::string_view(probe->path()) : std::string_view(), 0);
  facts.output.locks = static_cast<Locks>(comm.broadcast(static_cast<std::uint64_t>(facts.output.locks), 0));
  facts.ranks = of_all_ranks(comm, own_facts(comm, path, facts.output));
  comm.barrier();  // nobody looks at the file any more
  facts.versions = {{"jury", jury_version() + (jury_git().empty() ? "" : " (" + jury_git() + ")")},
                    {"compiler", "GCC " __VERSION__}};
  for (const auto& version : library_versions()) facts.versions.push_back(version);
  facts.memory_bytes = available_memory();
  facts.environment = variables();
  facts.mpirun = program_in_path("mpirun");
  facts.is_launched = launched_by_mpi();
  facts.is_root = ::geteuid() == 0;
  return facts;
}

}  // namespace jury
