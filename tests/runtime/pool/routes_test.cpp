#include "runtime/pool/routes.hpp"

#include <gtest/gtest.h>

namespace jury {
namespace {

std::vector<int> gateways(const Routes& routes) {
  std::vector<int> all;
  for (int rank = 0; rank < routes.size(); ++rank) all.push_back(routes.gateway_of(rank));
  return all;
}

TEST(Routes, WithoutGatewaysAllRanksAreReachedStraight) {
  EXPECT_EQ(gateways(Routes(4)), (std::vector<int>{0, 0, 0, 0}));
  EXPECT_FALSE(Routes(4).is_gateway(0));
}

TEST(Routes, TheFirstRankOfEachOtherNodeIsItsGateway) {
  const Routes routes({7, 7, 1, 1, 1, 4}, 0);
  EXPECT_EQ(gateways(routes), (std::vector<int>{0, 0, 2, 2, 2, 5}));
  for (int rank = 0; rank < routes.size(); ++rank) EXPECT_EQ(routes.is_gateway(rank), rank == 2 || rank == 5);
  EXPECT_EQ(routes.num_behind(2), 3);
  EXPECT_EQ(routes.num_behind(5), 1);
}

TEST(Routes, RanksDealtToNodesInTurnAreGroupedByNode) {
  EXPECT_EQ(gateways(Routes({0, 1, 2, 0, 1, 2, 0}, 0)), (std::vector<int>{0, 1, 2, 0, 1, 2, 0}));
}

TEST(Routes, ALargeNodeIsCutIntoGroups) {
  EXPECT_EQ(gateways(Routes({0, 0, 0, 0, 0}, 2)), (std::vector<int>{0, 0, 2, 2, 4}));
  EXPECT_EQ(gateways(Routes({0, 0, 0}, 1)), (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(gateways(Routes({0, 1, 0, 1, 0, 1}, 2)), (std::vector<int>{0, 1, 0, 1, 4, 5}));
}

}  // namespace
}  // namespace jury
