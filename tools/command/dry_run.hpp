// What a run would do, without doing it.
#pragma once

#include "runtime/base/error.hpp"
#include "search/study/experiment.hpp"

namespace jury {

/// Loads the data, checks everything against them, and prints ranks, tasks, expected work and memory.
ExitCode dry_run(const Experiment& experiment);

}  // namespace jury
