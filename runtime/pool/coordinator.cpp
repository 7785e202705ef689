#include "runtime/pool/coordinator.hpp"

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
  bool stopping = false;
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
  dealer_.add(source.take_ready());
  dealer_.withdraw(source.take_withdrawn());
  Backoff backoff(*options_.clock);
  while (!is_over(job)) {
    ++job.num_polls;
    job.moved = false;
    take_messages(job);
    commit_if_due(job);
    if (!job.stopping && events.stop_requested()) begin_stop(job);
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
  if (receipt.verdict == Ledger::Verdict::duplicate) {
    ++job.num_duplicates;
    return;
  }
  record.settings = receipt.settings;
  dealer_.learn(receipt.cost, record.seconds);
  ++summaries_[worker].num_tasks;
  summaries_[worker].busy_seconds += record.seconds;
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
  dealer_.add(job.source.take_ready());
  dealer_.withdraw(job.source.take_withdrawn());
  job.events.progress(progress(job));
}

bool Coordinator::is_dry() const {
  if (!dealer_.empty()) return false;
  if (ledger_.num_in_flight() == 0) return true;
  for (std::size_t worker = 0; worker < crew_.size(); ++worker)
    if (crew_.is_ready(worker) && ledger_.num_batches(worker) == 0) return true;
  return false;
}

void Coordinator::deal(Job& job) {
  const auto quota = static_cast<std::size_t>(options_.batches_in_flight);
  // All get their first batch before any gets its second.
  for (std::size_t held = 0; held < quota; ++held)
    for (std::size_t worker = 0; worker < crew_.size() && !dealer_.empty(); ++worker) {
      if (!crew_.is_ready(worker) || ledger_.num_batches(worker) != held) continue;
      if (held > 0 && !dealer_.worth_queueing(crew_.size())) return;
      const std::vector<ReadyTask> batch = dealer_.next_batch(crew_.size());
      std::vector<TaskKey> keys;
      for (const ReadyTask& task : batch) keys.push_back(task.key);
      ledger_.deal(worker, batch);
      crew_.send(worker, tasks_message(keys));
      job.moved = true;
    }
}

void Coordinator::begin_stop(Job& job) {
  job.stopping = true;
  job.stop_seconds = options_.clock->seconds();
  crew_.send_all(cancel_message());
}

void Coordinator::mind_the_time(Job& job) {
  crew_.heartbeat(options_.coordinator_silence_seconds, options_.heartbeat_seconds);
  crew_.check_silence(job.events);
  const double now = options_.clock->seconds();
  if (now - job.last_tick < kTickSeconds) return;
  job.last_tick = now;
  job.events.tick(progress(job));
}

bool Coordinator::is_over(Job& job) {
  const bool too_long = job.stopping && options_.clock->seconds() - job.stop_seconds > options_.drain_seconds;
  if (too_long)
    for (std::size_t worker = 0; worker < crew_.size(); ++worker) job.unfinished |= !ledger_.forget(worker).empty();
  return ledger_.num_in_flight() == 0 && job.pending.empty() && (job.stopping || dealer_.empty());
}

PoolProgress Coordinator::progress(const Job& job) const {
  return {.num_done = job.num_done,
          .num_failed = job.num_failed,
          .num_in_flight = ledger_.num_in_flight(),
          .num_ready = dealer_.size(),
          .num_workers = static_cast<int>(crew_.num_ready()),
          .seconds = options_.clock->seconds() - job.start_seconds};
}

PoolResult Coordinator::result(const Job& job) {
  PoolResult result;
  result.end = job.stopping && (job.unfinished || !dealer_.empty()) ? PoolEnd::stopped : PoolEnd::completed;
  result.progress = progress(job);
  result.num_duplicates = job.num_duplicates;
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
