#include "runtime/base/memory.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <vector>

namespace jury {
namespace {

TEST(PeakMemoryBytes, RisesWithWhatIsTouchedAndNeverFalls) {
  constexpr std::size_t kMore = std::size_t{64} << 20;
  const std::uint64_t before = peak_memory_bytes();
  ASSERT_GT(before, 0U);
  std::uint64_t sum = 0;
  {
    std::vector<std::byte> block(kMore, std::byte{1});
    sum = static_cast<std::uint64_t>(block[block.size() / 2]);
  }
  const std::uint64_t after = peak_memory_bytes();
  EXPECT_EQ(sum, 1U);
  EXPECT_GE(after, kMore);
  EXPECT_GE(after, before);
  EXPECT_GE(peak_memory_bytes(), after);
}

TEST(PeakMemory, IsLookedAtOnceInATenthOfASecond) {
  PeakMemory memory;
  const std::uint64_t first = memory.bytes(10);
  EXPECT_GT(first, 0U);
  { const std::vector<std::byte> block(static_cast<std::size_t>(first), std::byte{1}); }
  EXPECT_EQ(memory.bytes(10.05), first);
  EXPECT_GT(memory.bytes(10.2), first);
}

}  // namespace
}  // namespace jury
