// Pools whose ranks, network and disk fail: every task is done once, or the run ends with a documented error; none hangs.
#include <gtest/gtest.h>

#include "pool_history.hpp"

namespace jury {
namespace {

TEST(PoolHistories, OfTenThousandSeedsAllEndWellAndInEveryWay) {
  std::map<std::string, int> ends;
  EXPECT_EQ(first_broken_pool(0, 10'000, ends).value_or(""), "");
  for (const char* end : {"completed", "stopped", "short-handed", "CommError", "IoError", "PeerError"}) EXPECT_GE(ends[end], 100) << end;
}

}  // namespace
}  // namespace jury
