#include "runtime/pool/run_pool.hpp"

#include <memory>
#include <optional>
#include <vector>

#include "runtime/mpi/comm.hpp"
#include "runtime/pool/gateway.hpp"
#include "runtime/pool/local_workers.hpp"
#include "runtime/pool/mpi_channel.hpp"
#include "runtime/pool/rank_channels.hpp"
#include "runtime/pool/relay.hpp"

namespace jury {
namespace {

constexpr double kLeaveSeconds = 5;

/// An error is on its way out: the workers must hear of it, and a second error must not hide it.
void stop_all(Coordinator& coordinator, ExitCode code) noexcept {
  try {
    coordinator.stop(code);
  } catch (const std::exception&) {  // the workers leave by their own deadline
  }
}

Routes find_routes(const Comm& comm, const PoolOptions& options) {
  if (comm.size() <= options.gateways_above) return Routes(comm.size());
  return Routes(first_ranks_of_nodes(comm), options.ranks_per_gateway);
}

/// The main thread of a rank that is not the first.
ExitCode relay(Channel& ranks, int rank, const Routes& routes, LocalWorkers& threads, const PoolOptions& options) {
  RelayOptions relay{.heartbeat_seconds = options.heartbeat_seconds,
                     .first_word_seconds = options.quiet_seconds,
                     .is_orphan = options.is_orphan,
                     .clock = options.clock};
  if (!routes.is_gateway(rank)) {
    SpokeChannel coordinator(ranks, routes.gateway_of(rank));
    return Relay(coordinator, threads, relay).run();
  }
  Gateway gateway(ranks, routes, rank, {.hold_seconds = options.heartbeat_seconds, .clock = options.clock});
  relay.beside = [&] { return gateway.turn(); };
  const ExitCode code = Relay(gateway, threads, relay).run();
  gateway.leave(kLeaveSeconds);
  return code;
}

}  // namespace

ExitCode run_pool(const Comm& comm, const EvaluatorFactory& evaluators, const PoolOptions& options,
                  const std::function<ExitCode(Coordinator&)>& coordinate) {
  const bool alone = comm.size() == 1;
  const bool leads = comm.rank() == 0;
  std::unique_ptr<MpiChannel> ranks;
  if (!alone) ranks = std::make_unique<MpiChannel>(comm);
  const Routes routes = find_routes(comm, options);
  std::unique_ptr<LocalWorkers> threads;
  if (!leads || comm.size() <= options.coordinator_trains_up_to)
    threads = std::make_unique<LocalWorkers>(alone ? options.local_workers : 1, evaluators, options.thread_start,
                                             WorkerOptions{.host = host_name(),
                                                           .rank = comm.rank(),
                                                           .batch_seconds = options.batch_seconds,
                                                           .clock = options.clock,
                                                           .blobs = options.blobs},
                                             options.task_seconds);
  if (!leads) return relay(*ranks, comm.rank(), routes, *threads, options);

  std::optional<HubChannel> hub;
  std::vector<Channel*> channels;
  if (threads) channels.push_back(threads.get());
  if (ranks) channels.push_back(&hub.emplace(*ranks, routes));
  Coordinator coordinator(channels, options);
  try {
    const ExitCode code = coordinate(coordinator);
    coordinator.stop(code);
    return code;
  } catch (const Error& error) {
    stop_all(coordinator, error.exit_code());
    throw;
  } catch (...) {
    stop_all(coordinator, ExitCode::failed);
    throw;
  }
}

}  // namespace jury
