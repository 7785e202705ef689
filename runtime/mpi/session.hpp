// MPI, from the first line of main to the last.
#pragma once

#include <string>

#include "runtime/base/error.hpp"
#include "runtime/mpi/comm.hpp"

namespace jury {

/// Whether mpirun or srun started this process as one of its ranks (told by the environment).
/// Starting MPI costs 0.3 s and three threads, so a plain process does without.
bool launched_by_mpi() noexcept;

/// Whether this process is rank 0 or the only one, as its launcher told it: also where MPI is not started.
bool is_first_rank() noexcept;

/// "Open MPI v4.1.4": the library this process runs with. Needs no running MPI.
std::string mpi_version();

/// Scoped: made in main, once, before any other thread. Starts MPI when launched_by_mpi(), and
/// otherwise is a session of one rank without MPI. Main thread only makes MPI calls
/// (MPI_THREAD_FUNNELED). Throws CommError when MPI cannot start or gives less than that.
class MpiSession {
 public:
  MpiSession();
  ~MpiSession();
  MpiSession(const MpiSession&) = delete;
  MpiSession& operator=(const MpiSession&) = delete;

  /// All ranks.
  const Comm& world() const noexcept { return world_; }
  const Placement& placement() const noexcept { return placement_; }
  /// The process that started this one (mpirun, its daemon, slurmstepd) is gone.
  bool is_orphan() const noexcept;

  /// Ends the process without MPI_Finalize, which hangs once a rank is lost (11 of 40 runs; _exit in
  /// none of 90). For a main that caught a CommError. Flushes the standard streams.
  [[noreturn]] static void abandon(ExitCode code) noexcept;

 private:
  Comm world_ = Comm::solo();
  Placement placement_;
  int parent_;
};

}  // namespace jury
