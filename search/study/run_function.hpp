// A search over a built-in function, from its settings to its files.
#pragma once

#include "runtime/mpi/session.hpp"
#include "search/study/run_study.hpp"

namespace jury {

/// As run_study(), of an experiment with [objective].
ExitCode run_function(const RunRequest& request, const MpiSession& session);

}  // namespace jury
