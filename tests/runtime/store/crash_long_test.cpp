// The histories of crash_test.cpp, from a million more seeds.
#include <gtest/gtest.h>

#include "runtime/store/crash_cases.hpp"

namespace jury {
namespace {

TEST(CrashHistoriesLong, OfAMillionSeedsAllEndWell) { EXPECT_EQ(first_broken(10'000, 1'010'000).value_or(""), ""); }

}  // namespace
}  // namespace jury
