#include "search/study/run_watch.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "runtime/base/text.hpp"
#include "search/study/summary.hpp"

namespace jury {
namespace {

constexpr double kStatusSeconds = 1;
constexpr double kPromiseSeconds = 10;
constexpr std::uint64_t kMostLogged = 1000;  // tasks that did not complete; all of them are in the results

// Of a task that was given up: the rank that did so.
std::string place_of(const Record& record, const RunStatus& ours) {
  return fmt::format("rank {} on {}", record.rank, record.host.empty() ? ours.host : record.host);
}

}  // namespace

RunWatch::RunWatch(Plan plan, const Clock& clock)
    : plan_(std::move(plan)), clock_(clock), status_(plan_.first), file_(plan_.status_path), began_(clock.seconds()) {
  take_progress();
  status_.share_before = status_.share;
  status_.done_before = status_.done;
  plan_.work.take_settled();  // of earlier sessions
}

void RunWatch::take_progress() {
  const WorkProgress progress = plan_.work.progress();
  status_.seconds = clock_.seconds() - began_;
  status_.done = progress.fits_done;
  status_.failed = progress.fits_failed;
  status_.left = progress.fits_left;
  status_.share = progress.share;
  status_.search = progress.search;
}

void RunWatch::write_status() {
  ++status_.beat;
  written_ = clock_.seconds();
  file_.write(status_);
}

void RunWatch::started(const RunStart& start) {
  status_.promise_seconds = kPromiseSeconds;
  if (plan_.events != nullptr) plan_.events->started(start, status_);
  write_status();
}

void RunWatch::tick(const PoolProgress& progress) {
  status_.in_flight = progress.num_in_flight;
  status_.ready = progress.num_ready;
  status_.workers = progress.num_workers;
  const bool is_due = clock_.seconds() - written_ >= kStatusSeconds;
  if (is_due || plan_.events != nullptr) take_progress();
  if (plan_.events != nullptr) plan_.events->progress(status_);
  if (is_due) write_status();
}

void RunWatch::record(const Record& record) {
  if (plan_.events != nullptr) plan_.events->record(record);
  if (record.state == TaskState::complete || num_logged_ > kMostLogged) return;
  const std::string text = num_logged_ == kMostLogged ? "more that did not complete are in the results alone"
                                                      : fmt::format("{}: {} ({})", to_string(record.key),
                                                                    to_string(record.state), record.message);
  ++num_logged_;
  plan_.log.info_of(place_of(record, status_), text);
}

void RunWatch::settled() {
  const std::vector<SettledTrial> settled = plan_.work.take_settled();
  if (settled.empty()) return;
  const std::string objective = plan_.work.progress().search.value_or(SearchProgress()).objective;
  for (const SettledTrial& trial : settled) {
    if (plan_.events != nullptr) plan_.events->trial(trial, objective);
    if (trial.is_best && trial.outer == TaskKey::kNone)
      plan_.log.info(
          fmt::format("trial {}: {} {}, the best so far", trial.trial, objective, short_number(trial.value)));
  }
}

void RunWatch::worker_silent(const std::string& worker, double seconds) {
  plan_.log.warning_of(worker, fmt::format("has not been heard of for {}", format_duration(seconds)));
  if (plan_.events != nullptr) plan_.events->worker("worker_silent", worker, {{"silent_seconds", seconds}});
}

void RunWatch::worker_died(const std::string& worker, const std::string& why) {
  plan_.log.warning_of(worker, fmt::format("has died ({})", why));
  if (plan_.events != nullptr) plan_.events->worker("worker_died", worker, {{"why", why}});
}

void RunWatch::worker_lost(const std::string& worker, std::size_t tasks) {
  plan_.log.warning_of(worker, fmt::format("is lost; its {} done by others",
                                           tasks == 1 ? "task is" : fmt::format("{} tasks are", tasks)));
  if (plan_.events != nullptr) plan_.events->worker("worker_lost", worker, {{"tasks", tasks}});
}

void RunWatch::worker_back(const std::string& worker) {
  plan_.log.info_of(worker, "is back");
  if (plan_.events != nullptr) plan_.events->worker("worker_back", worker, nlohmann::ordered_json::object());
}

void RunWatch::stopping(std::string_view why) {
  if (std::exchange(is_stopping_, true)) return;
  plan_.log.info(fmt::format("stopping: {}", why));
  if (plan_.events != nullptr) plan_.events->stopping(why);
}

void RunWatch::writing(double promise_seconds) {
  status_.stage = RunStage::writing;
  status_.promise_seconds = promise_seconds;
  take_progress();
  write_status();
}

void RunWatch::wrote(const std::string& directory, const std::vector<std::string>& files) {
  status_.stage = RunStage::running;
  status_.promise_seconds = kPromiseSeconds;
  write_status();
  if (plan_.events != nullptr) plan_.events->results(directory, files);
}

void RunWatch::ended(ExitCode code) {
  status_.stage = RunStage::ended;
  status_.exit_code = static_cast<int>(code);
  status_.in_flight = 0;
  take_progress();
  write_status();
}

std::vector<ReadyTask> WatchedSource::take_ready() {
  std::vector<ReadyTask> ready = source_.take_ready();
  watch_.settled();
  return ready;
}

void WatchedSource::done(const Record& record) {
  source_.done(record);
  watch_.record(record);
  watch_.settled();
}

}  // namespace jury
