// The workers as the coordinator sees them: who is there, who said what, who has gone silent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/clock.hpp"
#include "runtime/pool/channel.hpp"
#include "runtime/pool/message.hpp"
#include "runtime/pool/pool_options.hpp"

namespace jury {

/// Numbers the peers of several channels 0, 1, ... and turns their frames into messages.
class Crew {
 public:
  struct Word {
    std::size_t worker = 0;
    Message message;
  };

  /// The channels must outlive this.
  Crew(const std::vector<Channel*>& channels, const PoolOptions& options);

  std::size_t size() const noexcept { return workers_.size(); }
  /// The next message of any worker but its heartbeats and its ready, which are kept in mind here.
  /// Throws CommError when a frame is damaged, or one is missing.
  std::optional<Word> receive();
  /// Frames taken since the start, heartbeats included.
  std::uint64_t num_frames() const noexcept { return num_frames_; }

  void send(std::size_t worker, const Message& message) { workers_[worker].sender.send(message); }
  void send_all(const Message& message);
  /// Tells all that this process lives and will speak again within `promise_seconds`, when the last
  /// time is `every_seconds` ago; those that are lost much more rarely, for what is sent to the dead piles up. Whatever
  /// was sent before leaves now at the latest.
  void heartbeat(double promise_seconds, double every_seconds);

  std::size_t num_ready() const noexcept { return num_ready_; }
  /// Workers that can be given tasks since the last call: they are ready, or back.
  std::vector<std::size_t> take_joined();
  /// "rank 3 on node7".
  std::string name(std::size_t worker) const;
  const Ready& about(std::size_t worker) const { return workers_[worker].about; }

  /// From now on silence counts: the caller is listening again.
  void listen();
  /// Reports to `events`, once a silence. The workers that are lost from now on, because they have not been heard of
  /// for too long: throws CommError for the first where losses end the run.
  std::vector<std::size_t> check_silence(PoolEvents& events);
  bool is_lost(std::size_t worker) const { return workers_[worker].lost; }
  std::size_t num_lost() const noexcept { return num_lost_; }
  /// Workers that were lost and have spoken since the last call.
  std::vector<std::size_t> take_returned();
  /// Waits until all that was sent is out of our hands, at most so long. What arrives is dropped.
  void flush(double seconds);

 private:
  struct WorkerState {
    WorkerState(Channel& to, int number) : channel(&to), peer(number), sender(to, number) {}
    Channel* channel;
    int peer;
    Sender sender;
    Assembler assembler = {};
    Trail trail = {};  // received
    Ready about = {};
    double last_heard = 0;
    double last_told = 0;  // that this process lives
    bool ready = false;
    bool reported = false;
    bool lost = false;
  };
  std::optional<Word> take(std::size_t worker, const Bytes& frame);
  void join(std::size_t worker);

  PoolOptions options_;
  std::vector<Channel*> channels_;
  std::vector<std::size_t> first_worker_;  // by channel
  std::vector<WorkerState> workers_;
  std::size_t next_channel_ = 0;  // whom to ask first, so that none is starved
  std::size_t num_ready_ = 0;
  std::size_t num_lost_ = 0;
  std::vector<std::size_t> joined_;
  std::vector<std::size_t> returned_;
  double last_spoke_ = 0;
  std::uint64_t num_frames_ = 0;
};

}  // namespace jury
