#include "runtime/pool/local_workers.hpp"

#include <utility>

#include "runtime/base/text.hpp"

namespace jury {
namespace {

// A task that was told to end does so at its next epoch.
constexpr double kEpochSeconds = 60;

}  // namespace

LocalWorkers::LocalWorkers(int count, const EvaluatorFactory& evaluators, const std::function<void()>& thread_start,
                           const WorkerOptions& options, double task_seconds)
    : clock_(options.clock), task_seconds_(task_seconds) {
  JURY_EXPECTS(count > 0);
  for (int i = 0; i < count; ++i) seats_.emplace_back(LoopbackChannel::make_pair());
  for (Seat& seat : seats_)
    threads_.emplace_back([&seat, evaluators, thread_start, options] {
      Worker(seat.far, seat.watch, options).run([&] {
        thread_start();
        return evaluators();
      });
    });
}

LocalWorkers::~LocalWorkers() {
  for (Seat& seat : seats_) {
    Sender(seat.near, 0).send(stop_message(ExitCode::failed));  // a second stop is never read
    seat.watch.stop();
  }
  for (std::thread& thread : threads_) thread.join();
}

void LocalWorkers::send(int peer, Bytes bytes) {
  JURY_EXPECTS(peer >= 0 && peer < num_peers());
  Seat& seat = seats_[static_cast<std::size_t>(peer)];
  const MessageKind kind = frame_kind(bytes);
  seat.near.send(0, std::move(bytes));
  // After the frame, so that a thread that sees the flag finds the reason in its port.
  if (kind == MessageKind::cancel || kind == MessageKind::stop) seat.watch.stop();
}

void LocalWorkers::mind_the_time() {
  if (task_seconds_ <= 0) return;
  const double now = clock_->seconds();
  for (Seat& seat : seats_) {
    seat.watch.end_after(task_seconds_, now);
    const auto running = seat.watch.running(now);
    const double patience = 2 * task_seconds_ + kEpochSeconds;
    if (running && running->seconds > patience)
      throw CommError(to_string(running->key) + " does not end, " + format_duration(patience) +
                      " after it began (budget.per_task is " + format_duration(task_seconds_) +
                      "; tasks end at epochs) give it more, or resume the run");
  }
}

std::optional<Frame> LocalWorkers::receive() {
  mind_the_time();
  for (std::size_t tried = 0; tried < seats_.size(); ++tried) {
    const std::size_t peer = next_;
    next_ = (next_ + 1) % seats_.size();
    if (std::optional<Frame> frame = seats_[peer].near.receive()) {
      frame->peer = static_cast<int>(peer);
      return frame;
    }
  }
  return {};
}

std::size_t LocalWorkers::num_waiting() const {
  std::size_t waiting = 0;
  for (const Seat& seat : seats_) waiting += seat.near.num_waiting();
  return waiting;
}

}  // namespace jury
