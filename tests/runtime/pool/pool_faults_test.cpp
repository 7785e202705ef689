// Pools whose ranks, network and disk fail: every task is done once, or the run ends with a documented error; none hangs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pool_history.hpp"

namespace jury {
namespace {

TEST(PoolHistories, OfTheSeedsAllEndWell) { EXPECT_EQ(first_broken_pool(0, 10'000).value_or(""), ""); }

TEST(PoolHistories, ComeToEveryKindOfEnd) {
  std::map<std::string, int> ends;
  for (std::uint64_t seed = 0; seed < 2'000; ++seed) {
    PoolHistory history(seed);
    history.wrong();
    ++ends[history.end()];
  }
  for (const auto& [end, count] : ends) fmt::print("{} {}\n", end, count);
  for (const char* end : {"completed", "stopped", "short-handed", "CommError", "IoError", "PeerError"}) EXPECT_GE(ends[end], 10) << end;
}

}  // namespace
}  // namespace jury
