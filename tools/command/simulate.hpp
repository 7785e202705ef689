// jury run --simulate: how an experiment would go on many ranks.
#pragma once

#include <functional>
#include <memory>

#include "runtime/base/error.hpp"
#include "runtime/pool/task_source.hpp"
#include "search/study/experiment.hpp"
#include "tools/command/simulate_options.hpp"

namespace jury {

/// Does the experiment's tasks, or made-up ones, in virtual time and prints how that went. Exit code 1 where it did not
/// come to its end. Throws ConfigError for an [objective], whose function says no cost, without tasks=.
ExitCode simulate_run(const Experiment& experiment, const SimulateOptions& options);

/// Prints the hours that tasks take on 1, 2, 4, ... ranks, and the largest number of these that keeps them busy.
void print_rank_counts(const std::function<std::unique_ptr<TaskSource>()>& tasks, std::size_t num_tasks);

}  // namespace jury
