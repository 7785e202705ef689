// The main thread of a rank that only works: passes frames between the coordinator and its thread.
#pragma once

#include <functional>

#include "runtime/base/clock.hpp"
#include "runtime/base/error.hpp"
#include "runtime/pool/backoff.hpp"
#include "runtime/pool/channel.hpp"
#include "runtime/pool/message.hpp"

namespace jury {

struct RelayOptions {
  double heartbeat_seconds = 1;
  double first_word_seconds = 3600;                        ///< how long the coordinator may take to say something
  std::function<bool()> is_orphan = [] { return false; };  ///< PoolOptions::is_orphan
  Clock* clock = &system_clock();
  std::function<bool()> beside = [] {
    return false;
  };  ///< what else the thread does in every turn; whether there was anything
};

/// Frames go through unopened. The relay itself speaks for the rank's life (heartbeats), and listens
/// for the coordinator's: every heartbeat promises when the next word comes at the latest.
class Relay {
 public:
  Relay(Channel& coordinator, Channel& worker, RelayOptions options);

  /// Until the coordinator says stop; returns its exit code. Throws CommError when the coordinator
  /// has broken its promise to speak, sent something damaged, or something that never came, and when this process is an
  /// orphan.
  ExitCode run();
  /// One round: passes on what has arrived. Returns whether there was anything.
  bool turn();
  bool stopped() const noexcept { return stopped_; }

 private:
  void take_from_coordinator(Bytes frame);
  void mind_the_time();

  Channel& coordinator_;
  Channel& worker_;
  RelayOptions options_;
  Sender sender_;        // of heartbeats
  Assembler assembler_;  // of what is for the relay itself, always one frame
  double last_heard_;
  double promised_seconds_;
  double last_spoke_;
  Trail received_;  // of the coordinator
  Trail sent_;      // to it
  bool stopped_ = false;
  ExitCode code_ = ExitCode::failed;
};

}  // namespace jury
