// A study from its settings to its files, on however many ranks there are.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "runtime/base/error.hpp"
#include "runtime/base/progress.hpp"
#include "runtime/mpi/session.hpp"
#include "runtime/pool/launch_status.hpp"
#include "runtime/store/run_directory.hpp"
#include "search/study/experiment.hpp"
#include "search/study/shard.hpp"

namespace jury {

enum class Verbosity { quiet, normal, verbose };

class RunEvents;
class ScopedSignals;

/// One call of `jury run` or `jury resume`.
struct RunRequest {
  Experiment experiment;
  std::string toml;            ///< the experiment file as written
  std::string directory = {};  ///< "": <output.dir>/<name>-<hash>
  RunMode mode = RunMode::fresh;
  double max_seconds = 0;  ///< 0: budget.time alone
  std::string progress = "auto";
  std::string require = {};   ///< "log_loss<=0.3", or ""
  bool strict = false;        ///< any fit that did not complete is too many
  bool results_only = false;  ///< write the files again from the journal, train nothing
  Verbosity verbosity = Verbosity::normal;
  std::optional<Shard> shard = {};  ///< only these tasks, and no results
  std::string launch_status =
      {};  ///< the file that a supervisor reads, where there is one: then a lost rank costs only its tasks
  int gateways_above = 256;            ///< PoolOptions
  int ranks_per_gateway = 0;           ///< PoolOptions
  ScopedSignals* signals = nullptr;    ///< what may ask it to stop; nothing does where there are none
  LaunchReporter* reporter = nullptr;  ///< its writer, on rank 0
  bool wants_events = false;           ///< on standard output, and what people read on standard error
  RunEvents* events = nullptr;         ///< their writer, on rank 0
  /// The page about a finished run, of its directory; none is written where this is empty.
  std::function<std::string(const std::string& directory)> page = {};
};

/// Collective over the session's ranks. Loads the data once per node, deals the fits, journals what
/// comes back and writes results.h5, summary.json, trials.csv and the page. Gives the same exit code on every
/// rank; throws what makes the run impossible (ConfigError, DataError, IoError, CommError).
ExitCode run_study(const RunRequest& request, const MpiSession& session);

}  // namespace jury
