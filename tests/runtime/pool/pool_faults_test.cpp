// Pools whose ranks, network and disk fail: every task is done once, or the run ends with a documented error; none
// hangs.
#include <gtest/gtest.h>

#include "pool_history.hpp"

namespace jury {
namespace {

// A lost frame, down or up, that nobody missed; one lost beside another that came twice.
TEST(PoolHistories, OfTheSeedsThatOnceFailedAllEndWell) {
  std::map<std::string, int> ends;
  for (const std::uint64_t seed : {22U, 99U, 187216U, 579452U})
    EXPECT_EQ(first_broken_pool(seed, seed + 1, ends).value_or(""), "");
}

TEST(PoolHistories, OfTenThousandSeedsAllEndWellAndInEveryWay) {
  std::map<std::string, int> ends;
  EXPECT_EQ(first_broken_pool(0, 10'000, ends).value_or(""), "");
  for (const char* end : {"completed", "stopped", "short-handed", "CommError", "IoError", "PeerError"})
    EXPECT_GE(ends[end], 100) << end;
}

}  // namespace
}  // namespace jury
