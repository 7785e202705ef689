#include "runtime/pool/crew.hpp"

#include <utility>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"
#include "runtime/pool/backoff.hpp"

namespace jury {
namespace {

constexpr double kTellLostSeconds = 30;
constexpr double kSilentSeconds = 2;  // heartbeats come every second

}  // namespace

Crew::Crew(const std::vector<Channel*>& channels, const PoolOptions& options) : options_(options), channels_(channels) {
  for (Channel* channel : channels_) {
    first_worker_.push_back(workers_.size());
    for (int peer = 0; peer < channel->num_peers(); ++peer) workers_.emplace_back(*channel, peer);
  }
  JURY_EXPECTS(!workers_.empty());
  listen();
}

std::optional<Crew::Word> Crew::receive() {
  std::size_t silent = 0;
  while (silent < channels_.size()) {
    const std::size_t i = next_channel_;
    next_channel_ = (next_channel_ + 1) % channels_.size();
    const std::optional<Frame> frame = channels_[i]->receive();
    if (!frame) {
      ++silent;
      continue;
    }
    silent = 0;
    if (auto word = take(first_worker_[i] + static_cast<std::size_t>(frame->peer), frame->bytes)) return word;
  }
  return {};
}

std::optional<Crew::Word> Crew::take(std::size_t worker, const Bytes& frame) {
  WorkerState& state = workers_[worker];
  ++num_frames_;
  state.last_heard = options_.clock->seconds();
  state.reported = false;
  if (state.lost) {
    state.lost = false;
    --num_lost_;
    returned_.push_back(worker);
    if (state.ready) join(worker);
  }
  std::optional<Message> message = state.assembler.add(frame);
  if (message && message->kind == MessageKind::heartbeat) {
    if (!state.trail.is_that_of(read_heartbeat(*message))) throw broken_trail(name(worker));
    return {};
  }
  state.trail.add(frame);
  if (!message) return {};
  if (message->kind == MessageKind::ready) {
    state.about = read_ready(*message);
    if (!std::exchange(state.ready, true)) join(worker);
    return {};
  }
  return Word{worker, std::move(*message)};
}

void Crew::send_all(const Message& message) {
  for (WorkerState& worker : workers_) worker.sender.send(message);
}

void Crew::heartbeat(double promise_seconds, double every_seconds) {
  const double now = options_.clock->seconds();
  if (now - last_spoke_ >= every_seconds) {
    last_spoke_ = now;
    for (WorkerState& worker : workers_) {
      if (!worker.channel->can_lose_peers() || (worker.lost && now - worker.last_told < kTellLostSeconds)) continue;
      worker.last_told = now;
      worker.sender.send(heartbeat_message(promise_seconds, worker.sender.trail().value()));
    }
  }
  // What the caller does next may take minutes.
  for (Channel* channel : channels_) channel->push();
}

void Crew::join(std::size_t worker) {
  joined_.push_back(worker);
  ++num_ready_;
}

std::vector<std::size_t> Crew::take_joined() { return std::exchange(joined_, {}); }

std::string Crew::name(std::size_t worker) const {
  const WorkerState& state = workers_[worker];
  if (!state.ready) return "worker " + std::to_string(worker) + " (never ready)";
  return "rank " + std::to_string(state.about.rank) + " on " + state.about.host;
}

void Crew::listen() {
  const double now = options_.clock->seconds();
  for (WorkerState& worker : workers_) worker.last_heard = now;
}

std::vector<std::size_t> Crew::check_silence(PoolEvents& events) {
  std::vector<std::size_t> lost;
  const double now = options_.clock->seconds();
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    WorkerState& worker = workers_[i];
    const double silence = now - worker.last_heard;
    if (!worker.channel->can_lose_peers() || worker.lost) continue;
    const bool is_gone = worker.ready && silence >= kSilentSeconds && options_.is_gone(worker.about);
    if (silence >= options_.lost_seconds || is_gone) {
      if (options_.losses == PoolOptions::Losses::end_the_run)
        throw CommError("nothing heard of " + name(i) + " for " + format_duration(silence) +
                        " (is its node down or out of memory?) resume the run");
      worker.lost = true;
      ++num_lost_;
      num_ready_ -= worker.ready ? 1U : 0U;
      lost.push_back(i);
    } else if (silence >= options_.report_silence_seconds && !worker.reported) {
      worker.reported = true;
      events.worker_silent(name(i), silence);
    }
  }
  return lost;
}

std::vector<std::size_t> Crew::take_returned() { return std::exchange(returned_, {}); }

void Crew::flush(double seconds) {
  const double deadline = options_.clock->seconds() + seconds;
  Backoff backoff(*options_.clock);
  for (Channel* channel : channels_)
    // Threads of this process read when they can; only what crosses ranks needs a push.
    while (channel->can_lose_peers() && channel->num_waiting() > 0 && options_.clock->seconds() < deadline)
      if (!channel->receive()) backoff.idle();
}

}  // namespace jury
