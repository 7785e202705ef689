// What jury doctor looks at, apart from how it is found out and from what is said of it.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "runtime/mpi/comm.hpp"

namespace jury {

/// Of one rank, as the rank itself sees it.
struct RankFacts {
  int rank = 0;
  std::string host = {};
  std::string version = {};    ///< of jury
  std::string isa = {};        ///< instruction set
  std::vector<int> cpus = {};  ///< that it may run on
  int cores = 0;               ///< of the host, hyperthreads counted
  bool sees_output = true;     ///< the file that rank 0 has made
  bool locks_out = true;       ///< cannot take the lock that rank 0 holds
};

enum class Locks { work, absent, ignored, not_tried };

/// The folder in which runs are to be.
struct OutputFacts {
  std::string folder = {};
  std::string existing = {};     ///< the part of the path that is there
  std::string problem = {};      ///< why nothing can be written; "" if it can
  std::string file_system = {};  ///< "ext4", "nfs", "tmpfs", ...
  std::uint64_t free_bytes = 0;
  Locks locks = Locks::not_tried;
};

struct DoctorFacts {
  std::vector<std::pair<std::string, std::string>> versions = {};
  std::vector<RankFacts> ranks = {};
  OutputFacts output = {};
  std::uint64_t memory_bytes = 0;                                     ///< left on rank 0's host
  std::vector<std::pair<std::string, std::string>> environment = {};  ///< of Slurm, MPI, threads and jury; sorted
  std::string mpirun = {};                                            ///< its path, or ""
  bool is_launched = false;                                           ///< by mpirun or srun
  bool is_root = false;

  /// The value of a variable, or "".
  std::string variable(std::string_view name) const;
};

/// Something that is not as it should be, why, and what mends it.
struct Finding {
  std::string problem, why, fix;
};

/// Everything that is wrong, in the order of the report. A function of the facts alone.
std::vector<Finding> findings_of(const DoctorFacts& facts);

/// Looks at this machine. Collective over `comm`; rank 0 gets the facts of all, the others only their own. Makes and
/// removes one file in the folder, or in what exists of its path.
DoctorFacts gather_facts(const Comm& comm, const std::string& folder);

}  // namespace jury
