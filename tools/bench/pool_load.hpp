// What the pool itself costs: tasks that do nothing, or only take time, through the real coordinator and journal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "runtime/mpi/comm.hpp"
#include "runtime/pool/pool_options.hpp"

namespace jury {

struct PoolLoad {
  std::int32_t num_tasks = 100000;
  double task_seconds = 0;   ///< of wall time, at work all the while
  std::int32_t lot = 0;      ///< tasks that are ready at a time; 0: all
  std::string journal = {};  ///< a file that is not there yet
};

struct PoolLoadResult {
  double seconds = 0;        ///< from the first task dealt to the last record on disk
  double ideal_seconds = 0;  ///< num_tasks x task_seconds / workers
  std::size_t num_workers = 0;
  double utilisation = 0;       ///< share of the workers' time inside tasks
  std::size_t tenth_bytes = 0;  ///< memory of rank 0 when a tenth of the tasks was done
  std::size_t end_bytes = 0;    ///< and when all were
  std::uint64_t num_frames = 0;
};

/// Collective over `comm`; the result is rank 0's. Throws IoError when the journal cannot be written.
PoolLoadResult run_load(const Comm& comm, const PoolLoad& load, const PoolOptions& options);

}  // namespace jury
