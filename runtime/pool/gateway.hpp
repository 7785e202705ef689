// A rank through which the frames of its whole group travel, beside its own work.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <set>

#include "runtime/base/clock.hpp"
#include "runtime/pool/bundle.hpp"
#include "runtime/pool/channel.hpp"
#include "runtime/pool/routes.hpp"

namespace jury {

struct GatewayOptions {
  double hold_seconds = 1;  ///< how long heartbeats may wait for company on their way to the coordinator
  Clock* clock = &system_clock();
};

/// Between rank 0, with which it exchanges bundles, and the other ranks of its group, with which it exchanges frames;
/// unopened, each way in the order they came. All that has arrived in a turn goes on at its end, but heartbeats alone
/// wait, so that a quiet group costs rank 0 one mail a second.
///
/// As a channel it is this rank's own connection to the coordinator, its only peer. On the main thread, beside the
/// relay. When it dies or hangs, its group is silent for the coordinator, and the coordinator for its group: both judge
/// that as ever.
class Gateway final : public Channel {
 public:
  /// The peers of `ranks`, which must outlive this, are ranks. Expects routes.is_gateway(rank).
  Gateway(Channel& ranks, Routes routes, int rank, GatewayOptions options);

  /// One round: passes on what has arrived. Returns whether there was anything. Throws CommError for what is damaged,
  /// and for mail from or to a rank that is not of the group.
  bool turn();
  /// All of the group, itself included, have been told to stop.
  bool has_stopped_all() const { return stopped_.size() >= static_cast<std::size_t>(routes_.num_behind(rank_)); }
  /// Goes on until all of the group have been told to stop and everything is out of our hands, at most so long.
  void leave(double seconds);

  int num_peers() const override { return 1; }
  void send(int peer, Bytes bytes) override;
  std::optional<Frame> receive() override;
  std::size_t num_waiting() const override { return ranks_.num_waiting(); }
  bool can_lose_peers() const override { return true; }

 private:
  void pass_up(int rank, const Bytes& frame);
  void pass_down(const Bytes& mail);
  void expect_ours(int rank) const;
  void send_up_if_due();

  Channel& ranks_;
  Routes routes_;
  int rank_;
  GatewayOptions options_;
  Bundler up_;
  double oldest_up_ = 0;           // since when the bundle holds something
  bool more_than_breath_ = false;  // it holds more than heartbeats
  std::deque<Bytes> inbox_;        // for this rank
  std::set<int> stopped_;          // ranks of the group that were told to stop
};

}  // namespace jury
