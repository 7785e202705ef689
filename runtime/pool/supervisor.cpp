#include "runtime/pool/supervisor.hpp"

#include <utility>

#include "runtime/base/text.hpp"

namespace jury {

void Supervisor::begin(double now) {
  ++attempts_;
  begun_ = heard_ = now;
  beat_ = 0;
  ended_.reset();
  gone_.reset();
  why_.clear();
}

void Supervisor::stop(double now) {
  if (!stop_asked_) stop_asked_ = now;
}

Supervisor::Action Supervisor::end(std::string why) {
  if (why_.empty()) why_ = std::move(why);
  return Action::end;
}

Supervisor::Action Supervisor::look(double now, const AttemptSeen& seen) {
  if (seen.status && seen.status->beat != beat_) {
    beat_ = seen.status->beat;
    heard_ = now;
  }
  const bool is_last_word = seen.status && seen.status->stage == LaunchStage::ended;
  if (is_last_word && !ended_) ended_ = now;
  if (!seen.launcher_runs) return verdict(seen);
  if (ended_) return now - *ended_ > options_.leave_seconds ? Action::end : Action::wait;
  return is_hanging(now, seen) ? Action::end : Action::wait;
}

// Sets why_ when it is.
bool Supervisor::is_hanging(double now, const AttemptSeen& seen) {
  if (!seen.status && now - begun_ > options_.start_seconds)
    end("MPI did not come up within " + format_duration(options_.start_seconds));
  if (seen.status && now - heard_ > seen.status->promise_seconds + options_.stall_seconds)
    end("nothing heard of the coordinator for " + format_duration(now - heard_));
  // Until the coordinator deals tasks every rank waits for every other, however long.
  const bool all_wait = !seen.status || seen.status->stage == LaunchStage::started;
  const bool is_gone = seen.coordinator_is_gone || (all_wait && seen.rank_is_gone);
  if (!is_gone) gone_.reset();
  if (is_gone && !gone_) gone_ = now;
  if (gone_ && now - *gone_ > options_.gone_seconds)
    end(seen.coordinator_is_gone ? "the coordinator died" : "a rank died at the start");
  if (stop_asked_ && now - *stop_asked_ > options_.stop_seconds)
    end("it did not stop within " + format_duration(options_.stop_seconds));
  return !why_.empty();
}

Supervisor::Action Supervisor::verdict(const AttemptSeen& seen) {
  const bool has_code = seen.status && seen.status->stage == LaunchStage::ended;
  code_ = has_code ? seen.status->code : ExitCode::failed;
  // Whatever failed at run time may go better another time; every other code would come again.
  if (has_code && code_ != ExitCode::failed) return Action::leave;
  if (stop_asked_) {
    code_ = ExitCode::stopped;
    return Action::leave;
  }
  if (why_.empty()) why_ = has_code ? "the job failed" : "the launcher ended without a word of the coordinator";
  fruitless_ = seen.status && seen.status->records > 0 ? 0 : fruitless_ + 1;
  return fruitless_ >= options_.most_fruitless ? Action::leave : Action::again;
}

}  // namespace jury
