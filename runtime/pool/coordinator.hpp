// The coordinator: deals tasks, writes records down, keeps the peace.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/pool/channel.hpp"
#include "runtime/pool/crew.hpp"
#include "runtime/pool/dealer.hpp"
#include "runtime/pool/ledger.hpp"
#include "runtime/pool/pool_options.hpp"
#include "runtime/pool/record_log.hpp"
#include "runtime/pool/task_source.hpp"

namespace jury {

/// Rank 0's hold on the pool. Made by run_pool(); its workers wait for tasks as long as it lives.
///
/// One loop on one thread: take what has arrived, commit what is due, deal, and sleep a little when
/// nothing happened. A record goes arrived -> appended -> on disk -> counted, in this order. Records
/// are committed at once when a worker has run dry and nothing is ready (what waits may depend on
/// them), otherwise in groups.
class Coordinator {
 public:
  /// The channels' peers are the workers. They must outlive this.
  Coordinator(const std::vector<Channel*>& channels, const PoolOptions& options);

  /// Deals the source's tasks until all are done or a stop is asked for. Every record is appended to
  /// `log` and committed before source.done() sees it. After a stop, finished tasks are committed and
  /// unfinished ones forgotten. May be called again after it completed, not once a stop was asked for.
  ///
  /// A worker that is lost ends the run, or costs only its tasks (PoolOptions::losses): those are dealt again, each
  /// alone, and one that loses its worker time and again becomes a failed record.
  ///
  /// Throws CommError when a worker is lost whose loss ends the run, breaks the protocol, or gives two different
  /// records for one task, and when this process is an orphan; what the log throws (IoError); Error with a worker's
  /// exit code when that cannot go on (no evaluator, no room for a blob). What was counted before stays counted.
  PoolResult run(TaskSource& source, RecordLog& log, PoolEvents& events);

  /// Tells every worker to leave with this code, and waits (5 s at most) until the word is out.
  void stop(ExitCode code);

 private:
  struct Job;  // one call of run()

  void take_tasks(TaskSource& source);
  void take_messages(Job& job);
  void take_record(Job& job, std::size_t worker, Record record);
  void commit_if_due(Job& job);
  void deal(Job& job);
  bool deal_suspect(Job& job);
  void stop_if_nothing_fits(Job& job, double seconds_left);
  void lose(Job& job, std::size_t worker);
  void give_up(Job& job, const ReadyTask& task, const std::string& why);
  void keep(Job& job, Record record);
  void begin_stop(Job& job, PoolEnd why);
  void mind_the_time(Job& job);
  bool is_dry() const;
  bool is_over(Job& job);
  PoolProgress progress(const Job& job) const;
  PoolResult result(const Job& job);

  PoolOptions options_;
  Crew crew_;
  Dealer dealer_;
  Ledger ledger_;
  std::vector<WorkerSummary> summaries_;
  std::deque<ReadyTask>
      suspects_;  // were in flight at a worker that was lost: dealt alone, until one of them is found out
  std::set<std::size_t> watched_;  // workers that have one of them
  bool stopped_ = false;
};

}  // namespace jury
