// By which way rank 0 reaches the other ranks.
#pragma once

#include <vector>

namespace jury {

/// Straight, or through a gateway: one rank that passes on the frames of its group, so that rank 0 talks to as many
/// ranks as there are nodes. The ranks of rank 0's own group are always reached straight. A function of its arguments,
/// so every rank can make its own.
class Routes {
 public:
  /// Straight to each of so many ranks.
  explicit Routes(int num_ranks);
  /// The ranks with one number in `node_of_rank` are a node. They make one group, or groups of at most
  /// `ranks_per_gateway` (0: no limit) in the order of their ranks; the lowest rank of a group is its gateway.
  Routes(const std::vector<int>& node_of_rank, int ranks_per_gateway);

  int size() const noexcept { return static_cast<int>(gateways_.size()); }
  /// 0: straight. Otherwise the gateway; a gateway's is itself. Expects 0 <= rank < size().
  int gateway_of(int rank) const;
  bool is_gateway(int rank) const { return rank != 0 && gateway_of(rank) == rank; }
  /// Ranks that are reached through this one, itself included.
  int num_behind(int gateway) const;

 private:
  std::vector<int> gateways_;  // by rank
};

}  // namespace jury
