#include "runtime/pool/worker.hpp"

#include <unistd.h>

#include <algorithm>
#include <exception>
#include <new>
#include <utility>

#include "runtime/store/blob.hpp"
#include "runtime/store/journal.hpp"

namespace jury {
namespace {

// A record's own frame in a records message.
constexpr std::size_t kLengthBytes = 8;

Record failed(std::string message) {
  Record record;
  record.state = TaskState::failed;
  record.message = std::move(message);
  return record;
}

Record timed_out() {
  Record record;
  record.state = TaskState::timed_out;
  record.message = "took longer than budget.per_task";
  return record;
}

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  text.resize(std::min(text.size(), kTextBytes));
  return text;
}

}  // namespace

Worker::Worker(LoopbackChannel& port, TaskWatch& watch, WorkerOptions options)
    : port_(port),
      watch_(watch),
      options_(std::move(options)),
      sender_(port_, 0),
      start_seconds_(options_.clock->seconds()),
      flushed_seconds_(start_seconds_) {}

void Worker::run(const EvaluatorFactory& evaluators) {
  start(evaluators);
  while (!stopped_) {
    if (tasks_.empty() || !evaluator_) port_.wait();
    turn();
  }
}

void Worker::start(const EvaluatorFactory& evaluators) {
  guarded([&] {
    evaluator_ = evaluators();
    sender_.send(ready_message({.host = options_.host, .rank = options_.rank, .pid = ::getpid()}));
  });
}

bool Worker::turn() {
  bool moved = false;
  guarded([&] {
    moved = read_port();
    if (stopped_ || tasks_.empty() || !evaluator_) return;
    moved = true;
    do_next();
  });
  return moved;
}

// What ends the work is said, and nothing but a stop is waited for.
template <class Step>
void Worker::guarded(const Step& step) {
  Failure failure;
  try {
    return step();
  } catch (const Error& error) {
    failure = {error.exit_code(), error.what()};
  } catch (const std::exception& error) {
    failure = {ExitCode::failed, error.what()};
  }
  evaluator_.reset();
  failure.text = one_line(std::move(failure.text));
  sender_.send(failure_message(failure));
}

bool Worker::read_port() {
  bool moved = false;
  while (const std::optional<Frame> frame = port_.receive()) {
    moved = true;
    if (const std::optional<Message> message = assembler_.add(frame->bytes)) handle(*message);
  }
  return moved;
}

void Worker::handle(const Message& message) {
  switch (message.kind) {
    case MessageKind::tasks:
      for (const TaskKey& key : read_tasks(message)) tasks_.push_back({key, false});
      if (!tasks_.empty()) tasks_.back().ends_batch = true;
      return;
    case MessageKind::cancel:
      tasks_.clear();
      flush();
      return sender_.send(drained_message());
    case MessageKind::stop:
      stopped_ = true;
      return;
    default:
      throw CommError("a worker was sent a message of kind " + std::to_string(static_cast<int>(message.kind)) +
                      " (only the coordinator is sent such)");
  }
}

void Worker::do_next() {
  const Task task = tasks_.front();
  tasks_.pop_front();
  const double start = options_.clock->seconds();
  std::optional<Record> record = attempt(task.key);
  const double end = options_.clock->seconds();
  if (record) {
    record->key = task.key;
    record->message = one_line(std::move(record->message));
    record->started_seconds = start - start_seconds_;
    record->seconds = end - start;
    record->rank = options_.rank;
    record->host = options_.host;
    record->peak_bytes = memory_.bytes(end);
    if (record->payload.size() > JournalWriter::kMaxPayloadBytes) {
      JURY_EXPECTS(options_.blobs != nullptr);
      move_large_payload(*record, *options_.blobs);
    }
    Bytes bytes = to_bytes(*record);
    if (record_bytes_ + bytes.size() + kLengthBytes > kMessageBytes) flush();
    record_bytes_ += bytes.size() + kLengthBytes;
    records_.push_back(std::move(bytes));
  }
  if (task.ends_batch || end - flushed_seconds_ >= options_.batch_seconds) flush();
}

std::optional<Record> Worker::attempt(const TaskKey& key) const {
  try {
    const TaskWatch::Turn turn(watch_, key, options_.clock->seconds());
    std::optional<Record> record = evaluator_->evaluate(key, turn.stop());
    if (!record && turn.ran_over()) return timed_out();
    if (!record && !watch_.is_stopped()) return failed("the evaluator gave no record although nobody said stop");
    return record;
  } catch (const std::bad_alloc&) {
    return failed("out of memory");
  } catch (const std::exception& error) {
    return failed(error.what());
  } catch (...) {
    return failed("threw something that is no exception");
  }
}

void Worker::flush() {
  flushed_seconds_ = options_.clock->seconds();
  if (records_.empty()) return;
  sender_.send(records_message(records_));
  records_.clear();
  record_bytes_ = 0;
}

}  // namespace jury
