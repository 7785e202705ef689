// The histories of pool_faults_test.cpp, from a million more seeds.
#include <gtest/gtest.h>

#include "pool_history.hpp"

namespace jury {
namespace {

TEST(PoolHistoriesLong, OfAMillionSeedsAllEndWell) {
  std::map<std::string, int> ends;
  EXPECT_EQ(first_broken_pool(10'000, 1'010'000, ends).value_or(""), "");
}

}  // namespace
}  // namespace jury
