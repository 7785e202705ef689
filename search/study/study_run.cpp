#include "search/study/study_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <thread>

#include "models/nn/session.hpp"
#include "runtime/base/signals.hpp"
#include "runtime/base/slurm.hpp"
#include "runtime/base/text.hpp"
#include "search/study/session_record.hpp"

namespace jury {
namespace {

constexpr double kWriteEverySeconds = 60;
constexpr double kPromiseSeconds = 10;  // while tasks are dealt
constexpr double kWriteShare = 20;      // results are written again after so many times what it took

RunLog::Echo echo_of(Verbosity verbosity) {
  if (verbosity == Verbosity::quiet) return RunLog::Echo::silent;
  return verbosity == Verbosity::verbose ? RunLog::Echo::all : RunLog::Echo::warnings;
}

}  // namespace

StudyRun::StudyRun(const RunRequest& request, RunSubject& subject, const RunDirectory& directory,
                   const MpiSession& session)
    : request_(request),
      subject_(subject),
      work_(subject.work()),
      directory_(directory),
      session_(session),
      identity_(subject.identity()),
      log_(directory.log(), fmt::format("rank 0 on {}", host_name()), echo_of(request.verbosity)),
      progress_line_(request.verbosity == Verbosity::quiet ? ProgressStyle::none : progress_style(request.progress),
                     request.experiment.experiment.name),
      started_(system_clock().seconds()),
      limit_seconds_(request.max_seconds > 0 ? request.max_seconds : request.experiment.budget.time),
      next_write_(kWriteEverySeconds) {
  open_journal(directory);
  watch_.emplace(RunWatch::Plan{.log = log_,
                                .events = request.events,
                                .work = work_,
                                .status_path = directory.progress(),
                                .first = {.name = request.experiment.experiment.name,
                                          .unit = std::string(subject.task_name()),
                                          .host = sessions_.back().host,
                                          .pid = sessions_.back().pid,
                                          .is_launched = request.reporter != nullptr}},
                 system_clock());
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
  log_.info(fmt::format("the Slurm job ends in {}; stops after {}", format_duration(std::max(0.0, *left)),
                        format_duration(limit_seconds_)));
}

void StudyRun::open_journal(const RunDirectory& directory) {
  const Session now = this_session(session_.placement().size, isa());
  JournalOptions options;
  options.session = to_bytes(SessionRecord{to_toml(request_.experiment), request_.toml, now});
  const bool is_there = directory.state() == RunState::unfinished || directory.state() == RunState::finished;
  if (!is_there) {
    replace_file(directory.experiment_toml(), request_.toml);
    const JournalHead head{.identity = identity_,
                           .data_hash = subject_.data_hash(),
                           .isa = isa(),
                           .experiment = to_toml(request_.experiment)};
    journal_ = std::make_unique<JournalWriter>(JournalWriter::create(directory.journal(), head, options));
  } else {
    ResumedJournal resumed = JournalWriter::resume(directory.journal(), identity_, options);
    for (const Record& record : resumed.contents.records) work_.restore(record);
    work_.settle();
    for (const Bytes& session : resumed.contents.sessions)
      sessions_.push_back(session_record_from_bytes(session).session);
    if (resumed.contents.torn_bytes > 0)
      log_.warning(fmt::format("the journal ended in {} that never became a whole record; set aside",
                               counted(resumed.contents.torn_bytes, "byte")));
    journal_ = std::make_unique<JournalWriter>(std::move(resumed.writer));
    directory.remove_asides();
  }
  if (!is_there) work_.settle();
  sessions_.push_back(now);
}

void StudyRun::say_how_it_starts() {
  const Placement& placement = session_.placement();
  const WorkProgress progress = work_.progress();
  const std::size_t done = progress.fits_done;
  log_.info(fmt::format("start: {} ranks on {} nodes, {} {}s already done and {} to do, instruction set {}",
                        placement.size, placement.num_nodes, done, subject_.task_name(), progress.fits_left, isa()));
  watch_->started({.directory = directory_.path(),
                   .identity = identity_,
                   .session = journal_->epoch(),
                   .ranks = placement.size,
                   .nodes = placement.num_nodes});
  for (const std::string& warning : subject_.warnings()) log_.warning(warning);
  if (request_.verbosity == Verbosity::quiet) return;
  if (request_.results_only) {
    fmt::print(stderr, "jury: makes the results of {} from the {} in its journal ({} left)\n", directory_.path(),
               counted(done, subject_.task_name()), progress.fits_left);
    return;
  }
  const auto cores = static_cast<int>(std::thread::hardware_concurrency());
  const int used = placement.node_size * request_.experiment.resources.threads;
  fmt::print(stderr, "jury: {}{} in {} on {}\n", counted(progress.fits_left, subject_.task_name()),
             done > 0 ? fmt::format(" ({} already done)", done) : "", directory_.path(),
             counted(static_cast<std::uint64_t>(placement.size), "rank"));
  if (used < cores)
    fmt::print(stderr, "jury: uses {} of {} cores here (mpirun -n {} jury run ... uses all)\n", used, cores, cores);
}

ExitCode StudyRun::coordinate(Coordinator& coordinator) {
  try {
    const ExitCode code = do_tasks(coordinator);
    watch_->ended(code);
    return code;
  } catch (const Error& error) {
    watch_->ended(error.exit_code());
    throw;
  }
}

ExitCode StudyRun::do_tasks(Coordinator& coordinator) {
  if (request_.results_only) {
    write_files();
    if (is_finished()) journal_->finish();
    if (request_.verbosity != Verbosity::quiet)
      fmt::print(stderr, "jury: results.h5, trials.csv, summary.json{} are written, nothing was trained\n",
                 has_page_ ? ", report.html" : "");
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
  WatchedSource watched(shard ? static_cast<TaskSource&>(*shard) : work_, *watch_);
  const PoolResult result = coordinator.run(watched, log, *this);
  seconds_ = system_clock().seconds() - started_;
  utilisation_ = result.utilisation;
  progress_line_.finish(progress_state(seconds_));
  if (result.end == PoolEnd::out_of_time) {
    out_of_time_ = true;
    watch_->stopping("nothing that is left can be done in time");
  }
  if (result.end == PoolEnd::short_handed) {
    watch_->stopping("more than half of the workers are lost");
    journal_->stop();
    log_.warning("more than half of the workers are lost");
    return ExitCode::failed;
  }
  if (request_.signals != nullptr && request_.signals->in_a_hurry() && result.end == PoolEnd::stopped) {
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

ProgressState StudyRun::progress_state(double seconds) const {
  const WorkProgress progress = work_.progress();
  return {.done = progress.fits_done,
          .failed = progress.fits_failed,
          .total = progress.fits_done + progress.fits_left,
          .work_done = progress.share,
          .seconds = seconds,
          .unit = subject_.task_name()};
}

void StudyRun::tick(const PoolProgress& progress) {
  progress_line_.update(progress_state(progress.seconds));
  watch_->tick(progress);
  if (request_.reporter != nullptr) request_.reporter->running(progress.num_done, kPromiseSeconds);
  const bool asked = request_.signals != nullptr && request_.signals->take_write_request();
  if (request_.shard) return;
  if (!asked && progress.seconds < next_write_) return;
  const double before = system_clock().seconds();
  write_files();
  const double took = system_clock().seconds() - before;
  next_write_ = progress.seconds + std::max(kWriteEverySeconds, kWriteShare * took);
  log_.info(fmt::format("results written with {} {}s, {} to come", work_.progress().fits_done, subject_.task_name(),
                        work_.progress().fits_left));
}

bool StudyRun::stop_requested() {
  if (seconds_left() < 0) out_of_time_ = true;
  if (out_of_time_) watch_->stopping("out of time");
  const bool asked = request_.signals != nullptr && request_.signals->stop_requested();
  if (asked) watch_->stopping("asked to by a signal");
  return out_of_time_ || asked;
}

double StudyRun::seconds_left() {
  return limit_seconds_ > 0 ? limit_seconds_ - (system_clock().seconds() - started_)
                            : std::numeric_limits<double>::infinity();
}

void StudyRun::worker_lost(const std::string& worker, std::size_t tasks) {
  if (request_.reporter != nullptr) request_.reporter->lost_a_rank();
  watch_->worker_lost(worker, tasks);
}

}  // namespace jury
