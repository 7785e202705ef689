// What messages, tasks and commits cost the coordinator, as measured.
#pragma once

namespace jury {

/// Seconds of the coordinator's thread. Measured by `mpiexec -n 2 test.runtime.pool.measure_costs FOLDER` (release
/// build, the middle of 3 runs, each the median of 5; two ranks in shared memory, a local ext4). Between nodes a frame
/// takes longer on the way, and on a network file system a commit some milliseconds; neither is work of the loop's.
struct MessageCosts {
  double receive_seconds = 1.1e-6;  ///< to take a frame that has arrived, and to open it
  double send_seconds = 0.7e-6;     ///< to close a frame and to hand it to MPI
  double poll_seconds = 0.1e-6;     ///< to find that nothing has arrived
  double task_seconds = 2.4e-6;     ///< to deal a task, to take its record and to append it, without frames and disk
  double commit_seconds = 0.4e-3;   ///< to make a record last (fdatasync)
  double commit_byte_seconds = 5.5e-9;  ///< and more for each byte
  double latency_seconds = 1.0e-6;      ///< from one rank's hands to another's
};

}  // namespace jury
