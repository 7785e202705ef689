#include "runtime/pool/coordinator.hpp"

#include <cmath>
#include <optional>
#include <utility>

#include "runtime/base/clock.hpp"
#include "runtime/mpi/agreement.hpp"
#include "runtime/pool/backoff.hpp"

namespace jury {
namespace {

constexpr double kTickSeconds = 0.1;
constexpr double kFlushSeconds = 5;
constexpr int kMessagesPerTurn = 1000;  // then commit and deal, however many wait

}  // namespace

struct Coordinator::Job {
  TaskSource& source;
  RecordLog& log;
  PoolEvents& events;
  double start_seconds;
  double last_tick;
  std::uint64_t first_frame;

  std::vector<Record> pending = {};  // appended, not on disk
  double oldest_pending = 0;
  std::uint64_t num_done = 0;
  std::uint64_t num_failed = 0;
  std::uint64_t num_duplicates = 0;
  std::uint64_t num_polls = 0;
  std::uint64_t num_lost = 0;
  bool stopping = false;
  PoolEnd why = PoolEnd::stopped;
  double stop_seconds = 0;
  bool unfinished = false;
  bool moved = false;  // something happened in this turn
};

Coordinator::Coordinator(const std::vector<Channel*>& channels, const PoolOptions& options)
    : options_(options), crew_(channels, options), dealer_(options.batch_seconds), ledger_(crew_.size()) {
  summaries_.resize(crew_.size());
  crew_.heartbeat(options_.quiet_seconds, 0);
}

PoolResult Coordinator::run(TaskSource& source, RecordLog& log, PoolEvents& events) {
  JURY_EXPECTS(!stopped_);
  const double now = options_.clock->seconds();
  Job job{source, log, events, now, now, crew_.num_frames()};
  for (WorkerSummary& summary : summaries_) summary = {};
  crew_.listen();
  take_tasks(source);
  Backoff backoff(*options_.clock);
  while (!is_over(job)) {
    ++job.num_polls;
    job.moved = false;
    take_messages(job);
    for (const std::size_t worker : crew_.take_joined()) ledger_.enter(worker);
    commit_if_due(job);
    if (!job.stopping && events.stop_requested()) begin_stop(job, PoolEnd::stopped);
    if (!job.stopping) deal(job);
    mind_the_time(job);
    if (job.moved) {
      backoff.traffic();
    } else {
      backoff.idle();
    }
  }
  stopped_ = job.stopping;
  crew_.heartbeat(options_.quiet_seconds, 0);
  return result(job);
}

void Coordinator::take_messages(Job& job) {
  for (int i = 0; i < kMessagesPerTurn; ++i) {
    std::optional<Crew::Word> word = crew_.receive();
    if (!word) return;
    job.moved = true;
    switch (word->message.kind) {
      case MessageKind::records:
        for (Record& record : read_records(word->message)) take_record(job, word->worker, std::move(record));
        break;
      case MessageKind::drained:
        if (!job.stopping) throw CommError(crew_.name(word->worker) + " says drained (nobody said cancel)");
        job.unfinished |= !ledger_.forget(word->worker).empty();
        break;
      case MessageKind::failure: {
        const Failure failure = read_failure(word->message);
        throw PeerError(crew_.name(word->worker) + ": " + failure.text, failure.code, PeerError::Voice::speaks);
      }
      default:
        throw CommError(crew_.name(word->worker) + " sent a message of kind " +
                        std::to_string(static_cast<int>(word->message.kind)) + " (only workers are sent such)");
    }
  }
}

void Coordinator::take_record(Job& job, std::size_t worker, Record record) {
  const Ledger::Receipt receipt = ledger_.take(record);
  if (ledger_.num_batches(worker) == 0) watched_.erase(worker);
  if (receipt.verdict == Ledger::Verdict::duplicate) {
    ++job.num_duplicates;
    return;
  }
  record.settings = receipt.settings;
  if (receipt.was_lost) std::erase_if(suspects_, [&](const ReadyTask& task) { return task.key == record.key; });
  dealer_.learn(receipt.cost, record.seconds);
  ++summaries_[worker].num_tasks;
  summaries_[worker].busy_seconds += record.seconds;
  keep(job, std::move(record));
}

void Coordinator::keep(Job& job, Record record) {
  job.log.append(record);
  if (job.pending.empty()) job.oldest_pending = options_.clock->seconds();
  job.pending.push_back(std::move(record));
}

void Coordinator::commit_if_due(Job& job) {
  if (job.pending.empty()) return;
  const bool due = is_dry() || job.stopping ||
                   job.pending.size() >= static_cast<std::size_t>(options_.commit_records) ||
                   options_.clock->seconds() - job.oldest_pending >= options_.commit_seconds;
  if (!due) return;
  job.log.commit();
  job.moved = true;
  for (const Record& record : std::exchange(job.pending, {})) {
    ++job.num_done;
    job.num_failed += record.state == TaskState::complete ? 0 : 1;
    job.source.done(record);
  }
  take_tasks(job.source);
  job.events.progress(progress(job));
}

void Coordinator::take_tasks(TaskSource& source) {
  dealer_.add(source.take_ready());
  const std::vector<ReadyTask> withdrawn = source.take_withdrawn();
  dealer_.withdraw(withdrawn);
  for (const ReadyTask& task : withdrawn)
    std::erase_if(suspects_, [&](const ReadyTask& suspect) { return suspect.key == task.key; });
}

bool Coordinator::is_dry() const {
  if (!dealer_.empty() || !suspects_.empty()) return false;
  return ledger_.num_in_flight() == 0 || !ledger_.holding(0).empty();
}

// One of the tasks that may have killed a worker goes to one that has nothing else to do, and gets nothing else.
bool Coordinator::deal_suspect(Job& job) {
  while (!suspects_.empty() && !ledger_.holding(0).empty()) {
    const std::size_t worker = *ledger_.holding(0).begin();
    ledger_.deal(worker, {suspects_.front()});
    crew_.send(worker, tasks_message({suspects_.front().key}));
    suspects_.pop_front();
    watched_.insert(worker);
    job.moved = true;
  }
  return suspects_.empty();
}

void Coordinator::deal(Job& job) {
  // Workers are left to run dry for suspects.
  if (!deal_suspect(job)) return;
  const double seconds_left = job.events.seconds_left();
  stop_if_nothing_fits(job, seconds_left);
  if (job.stopping) return;
  const auto quota = static_cast<std::size_t>(options_.batches_in_flight);
  // All get their first batch before any gets its second.
  for (std::size_t held = 0; held < quota; ++held) {
    // What waits behind another task has the time that this one leaves: as they go out by length, half at least. How
    // long that is must be known.
    if (held > 0 && std::isfinite(seconds_left) && !dealer_.has_learned()) return;
    const double for_these = held == 0 ? seconds_left : seconds_left / 2;
    const std::set<std::size_t>& workers = ledger_.holding(held);
    for (auto next = workers.begin(); next != workers.end() && dealer_.can_deal(for_these);) {
      const std::size_t worker = *next++;  // it leaves the set when it gets a batch
      if (watched_.contains(worker)) continue;
      if (held > 0 && !dealer_.worth_queueing(crew_.size())) return;
      const std::vector<ReadyTask> batch = dealer_.next_batch(crew_.size(), for_these);
      std::vector<TaskKey> keys;
      for (const ReadyTask& task : batch) keys.push_back(task.key);
      ledger_.deal(worker, batch);
      crew_.send(worker, tasks_message(keys));
      job.moved = true;
    }
  }
}

void Coordinator::stop_if_nothing_fits(Job& job, double seconds_left) {
  const bool is_idle = ledger_.num_in_flight() == 0 && job.pending.empty() && suspects_.empty();
  if (is_idle && !dealer_.empty() && !dealer_.can_deal(seconds_left)) begin_stop(job, PoolEnd::out_of_time);
}

void Coordinator::lose(Job& job, std::size_t worker) {
  ++job.num_lost;
  watched_.erase(worker);
  const std::vector<Ledger::Lost> tasks = ledger_.lose(worker);
  const std::string why = options_.why_lost(crew_.about(worker));
  if (!why.empty()) job.events.worker_died(crew_.name(worker), why);
  job.events.worker_lost(crew_.name(worker), tasks.size());
  for (const Ledger::Lost& lost : tasks) {
    if (job.stopping) {
      job.unfinished = true;
    } else if (lost.times >= options_.most_deaths) {
      give_up(job, lost.task, why);
    } else {
      suspects_.push_back(lost.task);
    }
  }
  if (!job.stopping && 2 * crew_.num_lost() > crew_.size()) begin_stop(job, PoolEnd::short_handed);
}

void Coordinator::give_up(Job& job, const ReadyTask& task, const std::string& why) {
  Record record{.key = task.key,
                .settings = task.settings,
                .state = TaskState::failed,
                .message = "lost its worker " + std::to_string(options_.most_deaths) + " times (" +
                           (why.empty() ? "killed, out of memory, or its node went down" : "the last time: " + why) +
                           ")"};
  ledger_.give_up(record);
  keep(job, std::move(record));
}

void Coordinator::begin_stop(Job& job, PoolEnd why) {
  job.stopping = true;
  job.why = why;
  job.stop_seconds = options_.clock->seconds();
  crew_.send_all(cancel_message());
}

void Coordinator::mind_the_time(Job& job) {
  crew_.heartbeat(options_.coordinator_silence_seconds, options_.heartbeat_seconds);
  const double now = options_.clock->seconds();
  if (now - job.last_tick < kTickSeconds) return;
  job.last_tick = now;
  if (options_.is_orphan())
    throw CommError("what started this process is gone (mpirun was killed, or its node) resume the run");
  for (const std::size_t worker : crew_.check_silence(job.events)) lose(job, worker);
  for (const std::size_t worker : crew_.take_returned()) job.events.worker_back(crew_.name(worker));
  job.events.tick(progress(job));
}

bool Coordinator::is_over(Job& job) {
  const bool too_long = job.stopping && options_.clock->seconds() - job.stop_seconds > options_.drain_seconds;
  if (too_long)
    for (std::size_t worker = 0; worker < crew_.size(); ++worker) job.unfinished |= !ledger_.forget(worker).empty();
  return ledger_.num_in_flight() == 0 && job.pending.empty() &&
         (job.stopping || (dealer_.empty() && suspects_.empty()));
}

PoolProgress Coordinator::progress(const Job& job) const {
  return {.num_done = job.num_done,
          .num_failed = job.num_failed,
          .num_in_flight = ledger_.num_in_flight(),
          .num_ready = dealer_.size() + suspects_.size(),
          .num_workers = static_cast<int>(crew_.num_ready()),
          .seconds = options_.clock->seconds() - job.start_seconds};
}

PoolResult Coordinator::result(const Job& job) {
  PoolResult result;
  const bool is_left = job.unfinished || !dealer_.empty() || !suspects_.empty();
  result.end = job.stopping && is_left ? job.why : PoolEnd::completed;
  result.progress = progress(job);
  result.num_duplicates = job.num_duplicates;
  result.num_lost = job.num_lost;
  result.num_frames = crew_.num_frames() - job.first_frame;
  result.num_polls = job.num_polls;
  double busy = 0;
  for (std::size_t worker = 0; worker < crew_.size(); ++worker) {
    WorkerSummary& summary = summaries_[worker];
    summary.name = crew_.name(worker);
    summary.host = crew_.about(worker).host;
    summary.rank = crew_.about(worker).rank;
    busy += summary.busy_seconds;
  }
  result.workers = summaries_;
  const double offered = result.progress.seconds * static_cast<double>(crew_.size());
  result.utilisation = offered > 0 ? busy / offered : 0;
  return result;
}

void Coordinator::stop(ExitCode code) {
  crew_.send_all(stop_message(code));
  crew_.flush(kFlushSeconds);
}

}  // namespace jury
