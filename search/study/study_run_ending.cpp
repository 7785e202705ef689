// How a session of a run ends: its files, what it says, and the exit code.
#include <fmt/format.h>

#include "runtime/base/memory.hpp"
#include "runtime/base/text.hpp"
#include "search/study/study_run.hpp"
#include "search/study/versions.hpp"

namespace jury {
namespace {

constexpr double kQuietSeconds = 3600;  // while files are written

Provenance provenance_of(const RunRequest& request, std::vector<Session> sessions) {
  return {.experiment = request.experiment.experiment.name,
          .experiment_toml = request.toml,
          .version = jury_version(),
          .git = jury_git(),
          .libraries = library_versions(),
          .sessions = std::move(sessions)};
}

}  // namespace

// The results are those of all shards together, so there are none.
ExitCode StudyRun::end_of_shard(PoolEnd end) {
  journal_->stop();
  if (end != PoolEnd::completed) {
    log_.warning("stopped early; the same command with --resume continues");
    return ExitCode::stopped;
  }
  log_.info(fmt::format("shard {} is done", request_.shard->name()));
  if (request_.verbosity != Verbosity::quiet)
    fmt::print(stderr, "jury: shard {} is done, {} in {}; 'jury merge' joins the shards\n", request_.shard->name(),
               counted(work_.progress().fits_done, subject_.task_name()), directory_.path());
  return ExitCode::done;
}

RunFacts StudyRun::facts() const {
  return {.identity = identity_,
          .provenance = provenance_of(request_, sessions_),
          .timing = work_.timing(),
          .session = journal_->epoch(),
          .coordinator = {.host = sessions_.back().host, .peak_bytes = peak_memory_bytes()}};
}

std::unique_ptr<RunReport> StudyRun::write_files() {
  if (request_.reporter != nullptr) request_.reporter->promise(kQuietSeconds);
  watch_->writing(kQuietSeconds);
  std::unique_ptr<RunReport> report = subject_.report();
  report->write_results(directory_.results(), facts());
  replace_file(directory_.trials_csv(), report->trials_csv());
  replace_file(directory_.summary(), report->json(summary()));
  std::vector<std::string> files = {"results.h5", "trials.csv", "summary.json"};
  has_page_ = is_finished() && request_.page && write_page();
  if (has_page_)
    files.emplace_back("report.html");
  else
    remove_file(directory_.report());  // one that is there is of earlier results
  watch_->wrote(directory_.path(), files);
  return report;
}

// Results that are too large for a page are results.
bool StudyRun::write_page() {
  try {
    replace_file(directory_.report(), request_.page(directory_.path()));
    return true;
  } catch (const DataError& error) {
    log_.warning(fmt::format("no report.html: {}", error.what()));
    return false;
  }
}

RunSummary StudyRun::summary() const {
  return {.name = request_.experiment.experiment.name,
          .directory = directory_.path(),
          .identity = identity_,
          .num_ranks = session_.placement().size,
          .seconds = seconds_,
          .utilisation = utilisation_,
          .peak_bytes = peak_bytes_of(work_.timing()),
          .has_page = has_page_};
}

ExitCode StudyRun::verdict(const RunReport& report, PoolEnd end) {
  const RunOutcome outcome = report.outcome();
  for (const std::string& failure : outcome.failures) log_.warning(failure);
  if (request_.events != nullptr) request_.events->set_summary(report.json(summary()));
  if (request_.verbosity != Verbosity::quiet)
    fmt::print(request_.events != nullptr ? stderr : stdout, "{}", report.text(summary()));
  if (end != PoolEnd::completed) {
    log_.warning(fmt::format("stopped early{}; 'jury resume {}' continues", out_of_time_ ? " (out of time)" : "",
                             directory_.path()));
    return ExitCode::stopped;
  }
  const std::size_t incomplete = outcome.num_planned - outcome.num_complete;
  if (outcome.too_many_failed || (request_.strict && incomplete > 0)) {
    log_.warning(
        fmt::format("{} of {} did not complete", incomplete, counted(outcome.num_planned, subject_.task_name())));
    return ExitCode::too_many_failed;
  }
  if (!request_.require.empty() && !report.meets(request_.require)) {
    log_.warning(fmt::format("the result does not meet --require '{}'", request_.require));
    return ExitCode::worse_than_required;
  }
  log_.info("done");
  return ExitCode::done;
}

}  // namespace jury
