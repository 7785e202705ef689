#include "runtime/base/rng.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace jury {
namespace {

using Words = std::array<std::uint32_t, 4>;

// Known answers of Random123 1.09 (kat_vectors, philox4x32 10).
TEST(Philox, GivesThePublishedWords) {
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
            (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Rng, CountsBlocksFromZero) {
  Rng rng(0);
  for (const std::uint32_t word : {0x6627e8d5U, 0xe169c58dU, 0xbc57ac4cU, 0x9b00dbd8U}) EXPECT_EQ(rng(), word);
  const Words second = philox({1, 0, 0, 0}, {0, 0});
  EXPECT_EQ(rng(), second[0]);
}

TEST(Rng, ContinuesFromAnyPosition) {
  Rng whole(0x0123456789abcdefULL);
  for (std::uint64_t position = 0; position < 50; ++position) {
    Rng resumed(whole.key(), whole.position());
    ASSERT_EQ(resumed.position(), position);
    for (Rng copy = whole; copy.position() < position + 9;) ASSERT_EQ(copy(), resumed());
    whole();
  }
}

TEST(Rng, UsesTheHighHalfOfKeyAndCounter) {
  EXPECT_NE(Rng(1)(), Rng(1ULL << 32)());
  EXPECT_NE(Rng(1)(), Rng(1, 1ULL << 34)());
}

TEST(Rng, BelowStaysBelowAndReachesEverything) {
  Rng rng(1);
  for (const std::uint64_t bound : {1ULL, 2ULL, 3ULL, 7ULL, 10ULL}) {
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 500; ++i) seen.insert(rng.below(bound));
    EXPECT_EQ(seen.size(), bound);
    EXPECT_EQ(*seen.rbegin(), bound - 1);
  }
  EXPECT_LT(rng.below(~0ULL), ~0ULL);
}

// Three times the standard error of a mean of n draws, so that a right generator passes for nearly
// every seed; the seed is a literal.
TEST(Rng, UniformHasMeanOneHalfAndVarianceOneTwelfth) {
  Rng rng(2);
  constexpr int n = 40'000;
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < n; ++i) {
    const double x = rng.uniform();
    ASSERT_GE(x, 0.0);
    ASSERT_LT(x, 1.0);
    sum += x;
    squares += (x - 0.5) * (x - 0.5);
  }
  EXPECT_NEAR(sum / n, 0.5, 3 * std::sqrt(1.0 / 12 / n));
  EXPECT_NEAR(squares / n, 1.0 / 12, 3 * std::sqrt(1.0 / 180 / n));
}

TEST(Rng, NormalHasTheFirstFourMoments) {
  Rng rng(3);
  constexpr int n = 40'000;
  std::array<double, 4> moments{};
  for (int i = 0; i < n; ++i) {
    const double x = rng.normal();
    for (std::size_t k = 0; k < 4; ++k) moments[k] += std::pow(x, static_cast<double>(k + 1)) / n;
  }
  EXPECT_NEAR(moments[0], 0, 3 * std::sqrt(1.0 / n));
  EXPECT_NEAR(moments[1], 1, 3 * std::sqrt(2.0 / n));
  EXPECT_NEAR(moments[2], 0, 3 * std::sqrt(15.0 / n));
  EXPECT_NEAR(moments[3], 3, 3 * std::sqrt(96.0 / n));
}

TEST(StreamKey, DiffersWithEveryArgument) {
  std::set<std::uint64_t> keys;
  std::size_t count = 0;
  for (const std::uint64_t seed : {0ULL, 1ULL})
    for (const Purpose purpose : {Purpose::init, Purpose::shuffle})
      for (const std::initializer_list<std::int64_t> ids :
           {std::initializer_list<std::int64_t>{}, {0}, {0, 0}, {-1, 0}, {0, -1}, {1}}) {
        keys.insert(stream_key(seed, purpose, ids));
        ++count;
      }
  EXPECT_EQ(keys.size(), count);
  EXPECT_EQ(stream_key(7, Purpose::split, {1, 2}), stream_key(7, Purpose::split, {1, 2}));
}

TEST(Permutation, HasEveryNumberOnceAndItsOrderIsPartOfTheContract) {
  Rng rng(5);
  const auto order = permutation(100, rng);
  auto sorted = order;
  std::sort(sorted.begin(), sorted.end());
  for (std::uint32_t i = 0; i < 100; ++i) EXPECT_EQ(sorted[i], i);
  EXPECT_NE(order, sorted);

  Rng fixed(0);
  EXPECT_THAT(permutation(8, fixed), testing::ElementsAre(6, 3, 0, 2, 7, 1, 4, 5));
  EXPECT_TRUE(permutation(0, fixed).empty());
}

TEST(Permutation, PutsEveryNumberEverywhereEquallyOften) {
  Rng rng(6);
  constexpr int n = 6000;
  std::array<std::array<int, 3>, 3> counts{};
  for (int i = 0; i < n; ++i) {
    const auto order = permutation(3, rng);
    for (std::size_t place = 0; place < 3; ++place) ++counts[place][order[place]];
  }
  for (const auto& row : counts)
    for (const int count : row) EXPECT_NEAR(count, n / 3, 4 * std::sqrt(n * 2.0 / 9));
}

TEST(RngDeathTest, BelowZeroIsABugOfTheCaller) {
  Rng rng(0);
  EXPECT_DEATH(rng.below(0), "bound > 0");
}

}  // namespace
}  // namespace jury
