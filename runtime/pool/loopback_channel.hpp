// A channel between two threads of one process.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "runtime/pool/channel.hpp"

namespace jury {

/// One end of a pair; its only peer, 0, is the other end. The two ends may be used on two threads at
/// once, each end on one. What is sent to an end that is gone vanishes, as it does between ranks.
class LoopbackChannel final : public Channel {
 public:
  static std::pair<LoopbackChannel, LoopbackChannel> make_pair();

  int num_peers() const override { return 1; }
  void send(int peer, Bytes bytes) override;
  std::optional<Frame> receive() override;
  std::size_t num_waiting() const override;
  bool can_lose_peers() const override { return false; }
  /// Returns when a frame can be received.
  void wait();

 private:
  struct Queue {
    mutable std::mutex mutex;
    std::condition_variable arrived;
    std::deque<Bytes> frames;
  };
  LoopbackChannel(std::shared_ptr<Queue> in, std::shared_ptr<Queue> out) noexcept
      : in_(std::move(in)), out_(std::move(out)) {}

  std::shared_ptr<Queue> in_;
  std::shared_ptr<Queue> out_;
};

}  // namespace jury
