// What happens in a run, for other programs: one JSON object a line (jury run --json).
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "runtime/base/clock.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/line_output.hpp"
#include "search/study/run_status.hpp"

namespace jury {

/// What a session begins with.
struct RunStart {
  std::string directory;
  std::uint64_t identity = 0;
  std::uint32_t session = 1;  ///< 1 for a new run, more for one that is resumed
  int ranks = 1, nodes = 1;
};

/// Writes the events that tools/README.md describes, on rank 0's main thread. Never waits for who reads them. All that
/// is said of tasks and trials is on disk before it is said.
class RunEvents {
 public:
  /// To a descriptor: standard output.
  RunEvents(int fd, const Clock& clock);

  void started(const RunStart& start, const RunStatus& status);
  /// Every two seconds at most.
  void progress(const RunStatus& status);
  void record(const Record& record);
  void trial(const SettledTrial& trial, std::string_view objective);
  /// "worker_silent", "worker_died", "worker_lost" or "worker_back", of "rank 3 on node7"; `about` is added.
  void worker(std::string_view event, const std::string& worker, nlohmann::ordered_json about);
  void stopping(std::string_view why);
  void results(const std::string& directory, const std::vector<std::string>& files);
  /// `jury launch` starts the run for the n-th time, because of what became of it before.
  void attempt(int number, const std::string& why);
  /// A line that another process wrote as such events. Its last event is kept back until ended().
  void pass(std::string line);
  /// The last event of all, after those that were passed: the one kept back if it says the same.
  void ended(ExitCode code, const std::string& error);

  /// The summary that the last event will have: JSON text.
  void set_summary(std::string json) { summary_ = std::move(json); }
  /// The last event: waits five seconds at most until it is read. `error`: the line on standard error, or "".
  /// Throws IoError when standard output could not be written.
  void finished(ExitCode code, const std::string& error);

 private:
  void write(std::string_view event, const nlohmann::ordered_json& fields);
  void flush();

  LineOutput out_;
  const Clock& clock_;
  double began_;
  double next_progress_ = 0;
  std::string summary_;
  std::string kept_;  // the last event of another process
};

}  // namespace jury
