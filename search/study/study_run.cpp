#include "search/study/study_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "models/nn/session.hpp"
#include "runtime/base/hash.hpp"
#include "runtime/base/slurm.hpp"
#include "runtime/base/text.hpp"
#include "search/study/session_record.hpp"
#include "search/study/versions.hpp"

namespace jury {
namespace {

constexpr double kWriteEverySeconds = 60;
constexpr double kPromiseSeconds = 10;       // while tasks are dealt
constexpr double kQuietSeconds = 3600;       // while files are written
constexpr double kWriteShare = 20;  // results are written again after so many times what it took

RunLog::Echo echo_of(Verbosity verbosity) {
  if (verbosity == Verbosity::quiet) return RunLog::Echo::silent;
  return verbosity == Verbosity::verbose ? RunLog::Echo::all : RunLog::Echo::warnings;
}

}  // namespace

Provenance provenance_of(const RunRequest& request, std::vector<Session> sessions) {
  return {.experiment = request.experiment.experiment.name,
          .experiment_toml = request.toml,
          .version = jury_version(),
          .git = jury_git(),
          .libraries = library_versions(),
          .sessions = std::move(sessions)};
}

StudyRun::StudyRun(const RunRequest& request, RunSubject& subject, const RunDirectory& directory, const MpiSession& session)
    : request_(request),
      subject_(subject),
      work_(subject.work()),
      directory_(directory),
      session_(session),
      identity_(subject.identity()),
      log_(directory.log(), fmt::format("rank 0 on {}", host_name()),
           echo_of(request.verbosity)),
      progress_line_(request.verbosity == Verbosity::quiet ? ProgressStyle::none : progress_style(request.progress),
                     request.experiment.experiment.name),
      started_(system_clock().seconds()),
      limit_seconds_(request.max_seconds > 0 ? request.max_seconds : request.experiment.budget.time),
      next_write_(kWriteEverySeconds) {
  open_journal(directory);
  say_how_it_starts();
  if (!request.results_only && !is_finished()) heed_slurm();
}

// The end of a Slurm job is a limit as --max-time is, whether or not the job asked for a signal.
void StudyRun::heed_slurm() {
  const std::optional<double> left = slurm_seconds_left();
  if (!left) return;
  const double ours = system_clock().seconds() - started_ + seconds_before_slurm_ends(*left);
  if (limit_seconds_ > 0 && limit_seconds_ <= ours) return;
  limit_seconds_ = std::max(1e-3, ours);
  log_.info(fmt::format("the Slurm job ends in {}; stops after {}", format_duration(std::max(0.0, *left)), format_duration(limit_seconds_)));
}

void StudyRun::open_journal(const RunDirectory& directory) {
  const Session now = this_session(session_.placement().size, isa());
  JournalOptions options;
  options.session = to_bytes(SessionRecord{to_toml(request_.experiment), request_.toml, now});
  const bool is_there = directory.state() == RunState::unfinished || directory.state() == RunState::finished;
  if (!is_there) {
    replace_file(directory.experiment_toml(), request_.toml);
    const JournalHead head{.identity = identity_, .data_hash = subject_.data_hash(), .isa = isa(),
                           .experiment = to_toml(request_.experiment)};
    journal_ = std::make_unique<JournalWriter>(JournalWriter::create(directory.journal(), head, options));
  } else {
    ResumedJournal resumed = JournalWriter::resume(directory.journal(), identity_, options);
    for (const Record& record : resumed.contents.records) work_.restore(record);
    work_.settle();
    for (const Bytes& session : resumed.contents.sessions) sessions_.push_back(session_record_from_bytes(session).session);
    if (resumed.contents.torn_bytes > 0)
      log_.warning(fmt::format("the journal ended in {} that never became a whole record; set aside",
                               counted(resumed.contents.torn_bytes, "byte")));
    journal_ = std::make_unique<JournalWriter>(std::move(resumed.writer));
  }
  if (!is_there) work_.settle();
  sessions_.push_back(now);
}

void StudyRun::say_how_it_starts() {
  const Placement& placement = session_.placement();
  const WorkProgress progress = work_.progress();
  const std::size_t done = progress.fits_done;
  log_.info(fmt::format("start: {} ranks on {} nodes, {} {}s already done and {} to do, instruction set {}", placement.size,
                        placement.num_nodes, done, subject_.task_name(), progress.fits_left, isa()));
  for (const std::string& warning : subject_.warnings()) log_.warning(warning);
  if (request_.verbosity == Verbosity::quiet) return;
  const auto cores = static_cast<int>(std::thread::hardware_concurrency());
  const int used = placement.node_size * request_.experiment.resources.threads;
  fmt::print(stderr, "jury: {}{} in {} on {}\n", counted(progress.fits_left, subject_.task_name()),
             done > 0 ? fmt::format(" ({} already done)", done) : "", directory_.path(),
             counted(static_cast<std::uint64_t>(placement.size), "rank"));
  if (used < cores)
    fmt::print(stderr, "jury: uses {} of {} cores here (mpirun -n {} jury run ... uses all)\n", used, cores, cores);
}

ExitCode StudyRun::coordinate(Coordinator& coordinator) {
  if (request_.results_only) {
    write_files();
    if (is_finished()) journal_->finish();
    return ExitCode::done;
  }
  if (is_finished()) {
    if (request_.verbosity != Verbosity::quiet) fmt::print(stderr, "jury: nothing is left to do\n");
    const bool settled = directory_.state() == RunState::finished && std::filesystem::exists(directory_.results());
    const std::unique_ptr<RunReport> report = settled ? subject_.report() : write_files();
    journal_->finish();
    return verdict(*report, PoolEnd::completed);
  }
  JournalLog log(*journal_);
  std::optional<ShardSource> shard;
  if (request_.shard) shard.emplace(work_, *request_.shard);
  const PoolResult result = coordinator.run(shard ? static_cast<TaskSource&>(*shard) : work_, log, *this);
  seconds_ = system_clock().seconds() - started_;
  utilisation_ = result.utilisation;
  progress_line_.finish(progress_state(seconds_));
  if (result.end == PoolEnd::short_handed) {
    journal_->stop();
    log_.warning("more than half of the workers are lost");
    return ExitCode::failed;
  }
  if (signals_.in_a_hurry() && result.end == PoolEnd::stopped) {
    journal_->stop();
    log_.info("stopped by SIGTERM; results are not written, a resume continues");
    return ExitCode::stopped;
  }
  if (shard) return end_of_shard(result.end);
  const std::unique_ptr<RunReport> report = write_files();
  if (is_finished()) {
    journal_->finish();
  } else {
    journal_->stop();
  }
  return verdict(*report, result.end);
}

// The results are those of all shards together, so there are none.
ExitCode StudyRun::end_of_shard(PoolEnd end) {
  journal_->stop();
  if (end == PoolEnd::stopped) {
    log_.warning("stopped early; the same command with --resume continues");
    return ExitCode::stopped;
  }
  log_.info(fmt::format("shard {} is done", request_.shard->name()));
  if (request_.verbosity != Verbosity::quiet)
    fmt::print(stderr, "jury: shard {} is done, {} in {}; 'jury merge' joins the shards\n", request_.shard->name(),
               counted(work_.progress().fits_done, subject_.task_name()), directory_.path());
  return ExitCode::done;
}

// To the supervisor, where there is one.
void StudyRun::promise_a_word(double seconds) {
  if (request_.reporter != nullptr) request_.reporter->promise(seconds);
}

std::unique_ptr<RunReport> StudyRun::write_files() {
  promise_a_word(kQuietSeconds);
  std::unique_ptr<RunReport> report = subject_.report();
  report->write_results(directory_.results(),
                        {.identity = identity_, .provenance = provenance_of(request_, sessions_), .timing = work_.timing()});
  replace_file(directory_.trials_csv(), report->trials_csv());
  replace_file(directory_.summary(), report->json(summary()));
  return report;
}

RunSummary StudyRun::summary() const {
  return {.name = request_.experiment.experiment.name,
          .directory = directory_.path(),
          .identity = identity_,
          .num_ranks = session_.placement().size,
          .seconds = seconds_,
          .utilisation = utilisation_};
}

ExitCode StudyRun::verdict(const RunReport& report, PoolEnd end) {
  const RunOutcome outcome = report.outcome();
  for (const std::string& failure : outcome.failures) log_.warning(failure);
  if (request_.summary == SummaryFormat::json) {
    fmt::print("{}", report.json(summary()));
  } else if (request_.verbosity != Verbosity::quiet) {
    fmt::print("{}", report.text(summary()));
  }
  if (end == PoolEnd::stopped) {
    log_.warning(fmt::format("stopped early{}; 'jury resume {}' continues", out_of_time_ ? " (out of time)" : "",
                             directory_.path()));
    return ExitCode::stopped;
  }
  const std::size_t incomplete = outcome.num_planned - outcome.num_complete;
  if (outcome.too_many_failed || (request_.strict && incomplete > 0)) {
    log_.warning(fmt::format("{} of {} did not complete", incomplete, counted(outcome.num_planned, subject_.task_name())));
    return ExitCode::too_many_failed;
  }
  if (!request_.require.empty() && !report.meets(request_.require)) {
    log_.warning(fmt::format("the result does not meet --require '{}'", request_.require));
    return ExitCode::worse_than_required;
  }
  log_.info("done");
  return ExitCode::done;
}

ProgressState StudyRun::progress_state(double seconds) const {
  const WorkProgress progress = work_.progress();
  return {.done = progress.fits_done, .failed = progress.fits_failed, .total = progress.fits_done + progress.fits_left, .work_done = progress.share,
          .seconds = seconds, .unit = subject_.task_name()};
}

void StudyRun::tick(const PoolProgress& progress) {
  progress_line_.update(progress_state(progress.seconds));
  if (request_.reporter != nullptr) request_.reporter->running(progress.num_done, kPromiseSeconds);
  const bool asked = signals_.take_write_request();
  if (request_.shard) return;
  if (!asked && progress.seconds < next_write_) return;
  const double before = system_clock().seconds();
  write_files();
  const double took = system_clock().seconds() - before;
  next_write_ = progress.seconds + std::max(kWriteEverySeconds, kWriteShare * took);
  log_.info(fmt::format("results written with {} {}s, {} to come", work_.progress().fits_done, subject_.task_name(), work_.progress().fits_left));
}

bool StudyRun::stop_requested() {
  if (limit_seconds_ > 0 && system_clock().seconds() - started_ > limit_seconds_) out_of_time_ = true;
  return out_of_time_ || signals_.stop_requested();
}

void StudyRun::worker_lost(const std::string& worker, std::size_t tasks) {
  if (request_.reporter != nullptr) request_.reporter->lost_a_rank();
  log_.warning(fmt::format("{} is lost; its {} done by others", worker, tasks == 1 ? "task is" : fmt::format("{} tasks are", tasks)));
}

void StudyRun::worker_back(const std::string& worker) { log_.info(fmt::format("{} is back", worker)); }

void StudyRun::worker_silent(const std::string& worker, double seconds) {
  log_.warning(fmt::format("{} has not been heard of for {}", worker, format_duration(seconds)));
}

}  // namespace jury
