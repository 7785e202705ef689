// Ranks that exchange mail in one thread.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "runtime/base/error.hpp"
#include "runtime/mpi/mailbox.hpp"
#include "runtime/pool/channel.hpp"

namespace jury {

/// at(r) is what rank r has for a channel: its peers are ranks. Order is kept between two ranks; mail to or from a dead
/// one vanishes.
class FakeRanks {
 public:
  explicit FakeRanks(int count) {
    for (int rank = 0; rank < count; ++rank) ends_.emplace_back(*this, rank);
  }
  Channel& at(int rank) { return ends_[static_cast<std::size_t>(rank)]; }
  void kill(int rank) { dead_.insert(rank); }
  /// Mails from one rank to another so far.
  int num_mails(int from, int to) const {
    const auto found = counts_.find({from, to});
    return found == counts_.end() ? 0 : found->second;
  }

 private:
  class End final : public Channel {
   public:
    End(FakeRanks& all, int rank) : all_(all), rank_(rank) {}
    int num_peers() const override { return static_cast<int>(all_.ends_.size()); }
    void send(int peer, Bytes bytes) override {
      if (bytes.size() > kMailBytes || peer == rank_ || peer < 0 || peer >= num_peers())
        throw CommError("no such mail");
      ++all_.counts_[{rank_, peer}];
      if (all_.dead_.contains(peer) || all_.dead_.contains(rank_)) return;
      all_.ends_[static_cast<std::size_t>(peer)].inbox_.push_back({rank_, std::move(bytes)});
    }
    std::optional<Frame> receive() override {
      if (inbox_.empty() || all_.dead_.contains(rank_)) return {};
      Frame frame = std::move(inbox_.front());
      inbox_.pop_front();
      return frame;
    }
    std::size_t num_waiting() const override { return 0; }
    bool can_lose_peers() const override { return true; }

   private:
    FakeRanks& all_;
    int rank_;
    std::deque<Frame> inbox_;
  };

  std::deque<End> ends_;
  std::set<int> dead_;
  std::map<std::pair<int, int>, int> counts_;
};

}  // namespace jury
