#include "runtime/pool/routes.hpp"

#include <algorithm>
#include <map>

#include "runtime/base/error.hpp"

namespace jury {

Routes::Routes(int num_ranks) : gateways_(static_cast<std::size_t>(num_ranks), 0) { JURY_EXPECTS(num_ranks > 0); }

Routes::Routes(const std::vector<int>& node_of_rank, int ranks_per_gateway) {
  JURY_EXPECTS(!node_of_rank.empty() && ranks_per_gateway >= 0);
  struct Group {
    int first = 0;
    int size = 0;
  };
  std::map<int, Group> groups;  // by node: the one that is not full
  for (const int node : node_of_rank) {
    const int rank = size();
    const auto [found, is_new] = groups.try_emplace(node);
    Group& group = found->second;
    if (is_new || (ranks_per_gateway > 0 && group.size == ranks_per_gateway)) group = {.first = rank};
    ++group.size;
    gateways_.push_back(group.first);
  }
}

int Routes::gateway_of(int rank) const {
  JURY_EXPECTS(rank >= 0 && rank < size());
  return gateways_[static_cast<std::size_t>(rank)];
}

int Routes::num_behind(int gateway) const { return static_cast<int>(std::ranges::count(gateways_, gateway)); }

}  // namespace jury
