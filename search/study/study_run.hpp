// Rank 0's side of a run: directory, journal, progress, files.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "runtime/base/clock.hpp"
#include "runtime/pool/coordinator.hpp"
#include "runtime/store/journal.hpp"
#include "search/study/run_log.hpp"
#include "search/study/run_study.hpp"
#include "search/study/run_subject.hpp"
#include "search/study/run_watch.hpp"

namespace jury {

/// Lives on rank 0 from the moment it is known what the run is about. Its journal is the truth; every other file can
/// be made again from it.
class StudyRun final : public PoolEvents {
 public:
  /// Opens the run directory and its journal, and takes in what earlier sessions did. Throws
  /// ConfigError when the directory may not be used, IoError, DataError for a damaged journal.
  StudyRun(const RunRequest& request, RunSubject& subject, const RunDirectory& directory, const MpiSession& session);

  /// Runs what is left, writes the files, and decides the exit code.
  ExitCode coordinate(Coordinator& coordinator);

  bool is_finished() const noexcept { return work_.is_finished(); }
  /// Writes results.h5, summary.json and trials.csv from what is there; of a finished run the page, too.
  std::unique_ptr<RunReport> write_files();

  void tick(const PoolProgress& progress) override;
  bool stop_requested() override;
  double seconds_left() override;
  void worker_silent(const std::string& worker, double seconds) override { watch_->worker_silent(worker, seconds); }
  void worker_died(const std::string& worker, const std::string& why) override { watch_->worker_died(worker, why); }
  void worker_lost(const std::string& worker, std::size_t tasks) override;
  void worker_back(const std::string& worker) override { watch_->worker_back(worker); }

 private:
  void open_journal(const RunDirectory& directory);
  void say_how_it_starts();
  void heed_slurm();
  ExitCode do_tasks(Coordinator& coordinator);
  RunFacts facts() const;
  ExitCode verdict(const RunReport& report, PoolEnd end);
  ExitCode end_of_shard(PoolEnd end);
  bool write_page();
  ProgressState progress_state(double seconds) const;
  RunSummary summary() const;

  const RunRequest& request_;
  RunSubject& subject_;
  RunWork& work_;
  const RunDirectory& directory_;
  const MpiSession& session_;
  std::uint64_t identity_;
  RunLog log_;
  Progress progress_line_;
  std::unique_ptr<JournalWriter> journal_;
  std::vector<Session> sessions_;
  std::optional<RunWatch> watch_;
  double started_;
  double seconds_ = 0;
  double utilisation_ = 0;
  bool has_page_ = false;
  double limit_seconds_;
  double next_write_;
  bool out_of_time_ = false;
};

}  // namespace jury
