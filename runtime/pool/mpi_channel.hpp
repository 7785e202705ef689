// A channel between all ranks.
#pragma once

#include "runtime/mpi/mailbox.hpp"
#include "runtime/pool/channel.hpp"

namespace jury {

static_assert(kFrameBytes <= kMailBytes);

/// Peer i is rank i; nothing goes from a rank to itself. Carries up to kMailBytes. Main thread only.
class MpiChannel final : public Channel {
 public:
  /// Collective over `comm`. Expects at least two ranks.
  explicit MpiChannel(const Comm& comm) : mailbox_(comm.dup()) {}

  int num_peers() const override { return mailbox_.size(); }
  void send(int peer, Bytes bytes) override { mailbox_.post(peer, std::move(bytes)); }
  std::optional<Frame> receive() override;
  std::size_t num_waiting() const override { return mailbox_.num_waiting(); }
  bool can_lose_peers() const override { return true; }

 private:
  Mailbox mailbox_;
};

}  // namespace jury
