// The two ends of the pool's channel between ranks, whichever way the frames take.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>

#include "runtime/pool/bundle.hpp"
#include "runtime/pool/channel.hpp"
#include "runtime/pool/routes.hpp"

namespace jury {

/// Rank 0's end. Peer i is rank i + 1. Frames to ranks behind a gateway are kept until the next push() or receive(),
/// and leave together: what a turn of the coordinator's loop says to a node is one mail, or few.
class HubChannel final : public Channel {
 public:
  /// The peers of `ranks`, which must outlive this, are ranks.
  HubChannel(Channel& ranks, Routes routes);

  int num_peers() const override { return routes_.size() - 1; }
  void send(int peer, Bytes bytes) override;
  void push() override;
  /// Throws CommError for a damaged bundle, and for a frame that came another way than its rank's.
  std::optional<Frame> receive() override;
  std::size_t num_waiting() const override;
  bool can_lose_peers() const override { return true; }

 private:
  void unpack(int gateway, const Bytes& mail);

  Channel& ranks_;
  Routes routes_;
  std::map<int, Bundler> bundlers_;  // by gateway
  std::deque<Bundler*> kept_;        // those that keep something, in the order they began to
  std::deque<Frame> inbox_;          // out of bundles
};

/// Any other rank's end: its only peer is the coordinator, straight or behind the rank's gateway. A gateway has Gateway
/// instead.
class SpokeChannel final : public Channel {
 public:
  /// `to` is rank 0 or the rank's gateway.
  SpokeChannel(Channel& ranks, int to) noexcept : ranks_(ranks), to_(to) {}

  int num_peers() const override { return 1; }
  void send(int peer, Bytes bytes) override;
  /// Throws CommError for a message of any other rank.
  std::optional<Frame> receive() override;
  std::size_t num_waiting() const override { return ranks_.num_waiting(); }
  bool can_lose_peers() const override { return true; }

 private:
  Channel& ranks_;
  int to_;
};

}  // namespace jury
