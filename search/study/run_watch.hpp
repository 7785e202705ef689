// What is said of a run while it goes on: in log.txt, as events, and in progress.json.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/pool/pool_options.hpp"
#include "search/study/run_events.hpp"
#include "search/study/run_log.hpp"
#include "search/study/run_status.hpp"

namespace jury {

/// On rank 0. Tasks and trials are told here once they are on disk, and none of this can end a run.
class RunWatch {
 public:
  /// `events` may be null. `work` is asked how far it is; `first` says what does not change. All must outlive this.
  struct Plan {
    RunLog& log;
    RunEvents* events;
    RunWork& work;
    std::string status_path;
    RunStatus first;
  };
  RunWatch(Plan plan, const Clock& clock);

  void started(const RunStart& start);
  void tick(const PoolProgress& progress);
  /// A task is done; or, of a search, decisions fell.
  void record(const Record& record);
  void settled();

  void worker_silent(const std::string& worker, double seconds);
  void worker_died(const std::string& worker, const std::string& why);
  void worker_lost(const std::string& worker, std::size_t tasks);
  void worker_back(const std::string& worker);

  /// Once.
  void stopping(std::string_view why);
  /// Nothing is said for so long.
  void writing(double promise_seconds);
  void wrote(const std::string& directory, const std::vector<std::string>& files);
  void ended(ExitCode code);

 private:
  void take_progress();
  void write_status();

  Plan plan_;
  const Clock& clock_;
  RunStatus status_;
  RunStatusFile file_;
  double began_;
  double written_ = 0;
  std::uint64_t num_logged_ = 0;
  bool is_stopping_ = false;
};

/// The tasks of a run, of which this tells what happens to them.
class WatchedSource final : public TaskSource {
 public:
  /// Both must outlive this.
  WatchedSource(TaskSource& source, RunWatch& watch) noexcept : source_(source), watch_(watch) {}
  std::vector<ReadyTask> take_ready() override;
  std::vector<ReadyTask> take_withdrawn() override { return source_.take_withdrawn(); }
  void done(const Record& record) override;

 private:
  TaskSource& source_;
  RunWatch& watch_;
};

}  // namespace jury
