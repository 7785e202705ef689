#include "runtime/pool/relay.hpp"

#include <optional>
#include <utility>

#include "runtime/base/text.hpp"

namespace jury {
namespace {

// Above this the coordinator is behind: our thread's frames wait with us, not in MPI.
constexpr std::size_t kMaxWaiting = 64;

}  // namespace

Relay::Relay(Channel& coordinator, Channel& worker, RelayOptions options)
    : coordinator_(coordinator),
      worker_(worker),
      options_(std::move(options)),
      sender_(coordinator_, 0),
      last_heard_(options_.clock->seconds()),
      promised_seconds_(options_.first_word_seconds),
      last_spoke_(last_heard_) {}

ExitCode Relay::run() {
  Backoff backoff(*options_.clock);
  while (!stopped_) {
    if (turn()) {
      backoff.traffic();
    } else {
      backoff.idle();
    }
  }
  return code_;
}

bool Relay::turn() {
  bool moved = options_.beside();
  while (std::optional<Frame> frame = stopped_ ? std::nullopt : coordinator_.receive()) {
    take_from_coordinator(std::move(frame->bytes));
    moved = true;
  }
  while (!stopped_ && coordinator_.num_waiting() < kMaxWaiting) {
    std::optional<Frame> frame = worker_.receive();
    if (!frame) break;
    sent_.add(frame->bytes);
    coordinator_.send(0, std::move(frame->bytes));
    moved = true;
  }
  if (!stopped_) mind_the_time();
  return moved;
}

void Relay::take_from_coordinator(Bytes frame) {
  last_heard_ = options_.clock->seconds();
  switch (frame_kind(frame)) {
    case MessageKind::heartbeat: {
      const Heartbeat beat = read_heartbeat(*assembler_.add(frame));
      if (!received_.is_that_of(beat)) throw broken_trail("the coordinator");
      promised_seconds_ = beat.promise_seconds;
      return;
    }
    case MessageKind::stop:
      code_ = read_stop(*assembler_.add(frame));
      stopped_ = true;
      break;
    default:
      break;
  }
  received_.add(frame);
  worker_.send(0, std::move(frame));
}

void Relay::mind_the_time() {
  if (options_.is_orphan())
    throw CommError("what started this rank is gone (mpirun was killed, or its node) resume the run");
  const double now = options_.clock->seconds();
  if (now - last_heard_ > promised_seconds_)
    throw CommError("nothing heard of the coordinator for " + format_duration(now - last_heard_) +
                    " (it promised a word within " + format_duration(promised_seconds_) + ") resume the run");
  if (now - last_spoke_ < options_.heartbeat_seconds) return;
  last_spoke_ = now;
  sender_.send(heartbeat_message(options_.heartbeat_seconds, sent_.value()));
}

}  // namespace jury
