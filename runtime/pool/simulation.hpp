// How a run would go on many ranks: the real coordinator, journal and workers' protocol in virtual time.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/pool/message_costs.hpp"
#include "runtime/pool/task_source.hpp"

namespace jury {

/// All times in seconds.
struct SimulationOptions {
  int workers = 1;  ///< ranks that train
  int nodes = 1;    ///< of equally many of them
  int gateways_above =
      256;  ///< PoolOptions: with more ranks than this those of other nodes are reached through a gateway
  int ranks_per_gateway = 0;        ///< PoolOptions
  double flops = 1e10;              ///< operations a second of a worker: a task takes its cost over this
  double deaths = 0;                ///< share of the workers that die, at times spread over what the work takes
  double stragglers = 0;            ///< share that is slow
  double jitter = 0;                ///< a task takes up to this share more or less than its cost says
  double slowdown = 3;              ///< a slow one takes so many times as long
  std::size_t payload_bytes = 256;  ///< of a record
  std::uint64_t seed = 1;           ///< of who dies when, and who is slow
  /// Ranks that may die breathe once a second; without that, a simulation takes as long as its tasks are many.
  enum class Heartbeats { on, off };
  Heartbeats heartbeats = Heartbeats::on;
  MessageCosts costs = {};
};

struct SimulationResult {
  bool completed = false;        ///< else more than half of the workers died
  std::uint64_t num_tasks = 0;   ///< done, once each
  std::uint64_t num_failed = 0;  ///< of these, given up because they lost their workers
  std::uint64_t num_dead = 0;    ///< workers
  double makespan_seconds = 0;
  double work_seconds = 0;       ///< that the counted records took
  double offered_seconds = 0;    ///< that workers lived, from the start to the end
  double utilisation = 0;        ///< work over offered: what the dead had not finished, and waiting, is lost
  double coordinator_load = 0;   ///< share of the time in which it does anything
  std::uint64_t num_frames = 0;  ///< both ways
  std::uint64_t num_commits = 0;
  std::uint64_t journal_bytes = 0;

  double per_second(double count) const { return makespan_seconds > 0 ? count / makespan_seconds : 0; }
};

/// Does the source's tasks in virtual time; its records are empty but for their length. Equal arguments give equal
/// results, on every machine. Takes about a microsecond of real time for each message, and a worker breathes once a
/// second. Expects workers >= nodes >= 1, shares in [0, 1], jitter too, and a flops and slowdown above 0.
SimulationResult simulate(TaskSource& source, const SimulationOptions& options);

/// The ranks of a job that train: all up to 32, where rank 0 does too, unless ranks may die (`jury launch`); otherwise
/// all but rank 0. At least 1.
int training_ranks(int ranks, double deaths);

}  // namespace jury
