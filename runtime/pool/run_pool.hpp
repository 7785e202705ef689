// The pool's one entry: called on every rank, the same code from one process to many nodes.
#pragma once

#include <functional>

#include "runtime/base/error.hpp"
#include "runtime/pool/coordinator.hpp"
#include "runtime/pool/evaluator.hpp"
#include "runtime/pool/pool_options.hpp"

namespace jury {

class Comm;

/// Collective over `comm` (Comm::solo() for one process). On rank 0 calls `coordinate`, which runs
/// the tasks (Coordinator::run()), writes the results and decides the exit code; the other ranks train what they are
/// dealt and return that same code. When `coordinate` throws, the others return the exit code of the exception (1 for a
/// foreign one) and rank 0 rethrows it.
///
/// On every rank the main thread alone calls MPI and a second thread trains, fed through the same
/// loopback channel; rank 0's does while there are at most `coordinator_trains_up_to` ranks. With more
/// than `gateways_above` ranks the frames of a node travel through its first rank. All ranks give the
/// same options.
/// Throws CommError on a worker that hears nothing from the coordinator for too long.
ExitCode run_pool(const Comm& comm, const EvaluatorFactory& evaluators, const PoolOptions& options,
                  const std::function<ExitCode(Coordinator&)>& coordinate);

}  // namespace jury
