// A channel between ranks.
#pragma once

#include "runtime/mpi/mailbox.hpp"
#include "runtime/pool/channel.hpp"

namespace jury {

static_assert(kFrameBytes <= kMailBytes);

/// On rank 0 the peers are the other ranks (peer i is rank i + 1); on any other rank the only peer is
/// rank 0. Main thread only.
class MpiChannel final : public Channel {
 public:
  /// Collective over `comm`. Expects at least two ranks.
  explicit MpiChannel(const Comm& comm) : mailbox_(comm.dup()) {}

  int num_peers() const override { return is_hub() ? mailbox_.size() - 1 : 1; }
  void send(int peer, Bytes bytes) override;
  std::optional<Frame> receive() override;
  std::size_t num_waiting() const override { return mailbox_.num_waiting(); }
  bool can_lose_peers() const override { return true; }

 private:
  bool is_hub() const noexcept { return mailbox_.rank() == 0; }

  Mailbox mailbox_;
};

}  // namespace jury
