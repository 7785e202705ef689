// What messages, tasks and commits cost the coordinator, as measured.
#pragma once

namespace jury {

/// Seconds of the coordinator's thread. The defaults were measured by `test.runtime.pool.measure_costs` under
/// `mpiexec -n 2` (release build, one machine, shared memory, idle otherwise; the median of 5), see README.md.
struct MessageCosts {
  double receive_seconds = 1.0e-6;      ///< to take a frame that has arrived, and to open it
  double send_seconds = 1.0e-6;         ///< to close a frame and to hand it to MPI
  double poll_seconds = 0.3e-6;         ///< to find that nothing has arrived
  double task_seconds = 3.0e-6;         ///< to deal a task, to take its record and to journal it, without the frames
  double commit_seconds = 1.0e-3;       ///< to make a group of records last (fdatasync)
  double commit_byte_seconds = 1.0e-9;  ///< and more for each byte of them
  double latency_seconds = 5e-6;        ///< from one rank's hands to another's
};

}  // namespace jury
