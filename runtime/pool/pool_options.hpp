// What a pool can be told, what it reports meanwhile, and what it says in the end.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "runtime/base/clock.hpp"

namespace jury {

class BlobStore;
struct Ready;

/// Under a supervisor a worker that speaks once a second and is silent for so long is reported, and lost.
inline constexpr double kSupervisedReportSeconds = 5;
inline constexpr double kSupervisedLostSeconds = 20;

/// All times in seconds. The defaults are for real runs; tests shorten them on a virtual clock.
struct PoolOptions {
  int local_workers = 1;              ///< training threads of a process that has no other ranks
  int coordinator_trains_up_to = 32;  ///< ranks; above, rank 0 only coordinates
  int gateways_above = 256;      ///< ranks; above, those of other nodes are reached through their node's first (Routes)
  int ranks_per_gateway = 0;     ///< at most; 0: all of a node
  double task_seconds = 0;       ///< a task is told to end after so long, and recorded as timed out; 0: never
  double batch_seconds = 2e-3;   ///< short tasks are dealt in batches worth this much
  int batches_in_flight = 2;     ///< per worker
  double commit_seconds = 0.1;   ///< a record waits no longer than this for its commit
  int commit_records = 1000;     ///< nor for more than this many others
  double heartbeat_seconds = 1;  ///< both ways
  double report_silence_seconds = 30;  ///< worker not heard of: events.worker_silent()
  double lost_seconds = 600;           ///< worker not heard of: it is lost
  /// What a lost worker means: the end of the run (plain mpirun ends all ranks with one), or only that others do its
  /// tasks, as long as half of the workers live.
  enum class Losses { end_the_run, cost_their_tasks };
  Losses losses = Losses::end_the_run;
  int most_deaths = 3;                       ///< a task whose workers were lost so often is given up as failed
  double coordinator_silence_seconds = 120;  ///< a worker leaves with CommError
  double quiet_seconds = 3600;               ///< the same while the coordinator is outside Coordinator::run()
  double drain_seconds = 120;                ///< after a stop: how long tasks under way may take to end

  /// Whether a worker's process is known to be gone. Asked of silent ones, so that nobody waits lost_seconds for a
  /// death on this machine.
  std::function<bool(const Ready&)> is_gone = [](const Ready&) { return false; };
  /// Why a lost worker's process died, for people ("SIGSEGV"); "" where nothing is known.
  std::function<std::string(const Ready&)> why_lost = [](const Ready&) { return std::string(); };
  /// Whether what started this process is gone: then it leaves with CommError, because another may take its place.
  std::function<bool()> is_orphan = [] { return false; };

  Clock* clock = &system_clock();
  /// First thing on every training thread: omp_set_num_threads and the like.
  std::function<void()> thread_start = [] {};
  /// Where the training threads put payloads over 64 KiB before they send the record; read them with
  /// payload_of(). Expects one when such payloads occur. Must outlive the pool.
  const BlobStore* blobs = nullptr;
};

struct PoolProgress {
  std::uint64_t num_done = 0;    ///< records committed, in this call of Coordinator::run()
  std::uint64_t num_failed = 0;  ///< of these, not complete
  std::uint64_t num_in_flight = 0;
  std::uint64_t num_ready = 0;
  int num_workers = 0;  ///< that have reported ready
  double seconds = 0;   ///< since Coordinator::run() started
};

/// What the caller does meanwhile. Main thread of rank 0; nothing here may take long.
class PoolEvents {
 public:
  virtual ~PoolEvents() = default;
  /// After every commit.
  virtual void progress(const PoolProgress&) {}
  /// About ten times a second, busy or not: signals, progress lines, time limits.
  virtual void tick(const PoolProgress&) {}
  /// Asked often. Once true, no task is dealt, those under way end at their next epoch boundary, and
  /// run() returns stopped.
  virtual bool stop_requested() { return false; }
  /// How long tasks may still take. One that would leave nothing within that time is not dealt; when none is left that
  /// would, and nothing is under way, run() returns out_of_time.
  virtual double seconds_left() { return std::numeric_limits<double>::infinity(); }
  /// A worker with this name ("rank 3 on node7") has not been heard of for so long. Once a silence.
  virtual void worker_silent(const std::string& /*worker*/, double /*seconds*/) {}
  /// It is lost, and so many of its tasks are given to others; or it has come back.
  virtual void worker_lost(const std::string& /*worker*/, std::size_t /*tasks*/) {}
  /// Said before worker_lost() where it is known why (PoolOptions::why_lost).
  virtual void worker_died(const std::string& /*worker*/, const std::string& /*why*/) {}
  virtual void worker_back(const std::string& /*worker*/) {}
};

enum class PoolEnd {
  completed,
  stopped,       ///< because the caller asked for it
  short_handed,  ///< stopped because more than half of the workers are lost
  out_of_time,   ///< stopped because nothing that is left can be done in time (PoolEvents::seconds_left())
};

struct WorkerSummary {
  std::string name;  ///< "rank 3 on node7"
  std::string host;
  int rank = 0;
  std::uint64_t num_tasks = 0;  ///< records taken from it
  double busy_seconds = 0;      ///< in evaluate(), over those
};

struct PoolResult {
  PoolEnd end = PoolEnd::completed;
  PoolProgress progress;
  std::vector<WorkerSummary> workers;
  double utilisation = 0;            ///< busy seconds / (workers x seconds)
  std::uint64_t num_duplicates = 0;  ///< records that came twice, equal, and were dropped
  std::uint64_t num_lost = 0;        ///< workers lost, those that came back included
  std::uint64_t num_frames = 0;      ///< received
  std::uint64_t num_polls = 0;       ///< turns of the coordinator's loop
};

}  // namespace jury
