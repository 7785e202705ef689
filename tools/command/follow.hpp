// jury show DIR --follow: a run that goes on, seen from outside.
#pragma once

#include <string>

#include "runtime/base/error.hpp"

namespace jury {

/// Shows how far the run in a directory is until it ends, or until Ctrl-C: redrawn once a second on a terminal, else a
/// line at each change. Reads files only, so that any process on any node may do it. Gives done for a run that is
/// finished, with its result, or that the user stopped looking at, and stopped for one that no longer runs and can be
/// resumed. Throws ConfigError where there is no run.
ExitCode follow_run(const std::string& directory);

}  // namespace jury
