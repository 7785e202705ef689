#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <vector>

#include "models/ensemble/bootstrap.hpp"

namespace jury {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::Le;
using Rows = std::vector<std::uint32_t>;

Rows rows_below(std::size_t n) {
  Rows rows(n);
  std::iota(rows.begin(), rows.end(), 0U);
  return rows;
}

// 12 rows of three classes, four groups and three times, all interleaved.
constexpr std::int32_t kLabels[] = {0, 0, 1, 0, 0, 2, 0, 0, 1, 0, 2, 1};
constexpr std::int32_t kGroups[] = {3, 0, 3, 1, 0, 3, 1, 3, 5, 0, 3, 5};
constexpr double kTimes[] = {2, 1, 2, 1, 3, 1, 2, 3, 3, 1, 2, 3};
constexpr RowFacts kFacts{.labels = kLabels, .groups = kGroups, .times = kTimes};

Rows drawn_with(std::uint64_t key, const Rows& rows, const BagOptions& options) {
  Rng rng(key);
  return bag(rows, kFacts, options, rng);
}

class BagSchemes : public testing::TestWithParam<BagScheme> {};

TEST_P(BagSchemes, GiveAscendingRowsOfTheListAndAreFunctionsOfTheirStream) {
  const Rows rows = {2, 3, 5, 7, 7, 8, 11};
  std::set<Rows> seen;
  for (std::uint64_t key = 0; key < 40; ++key) {
    const Rows drawn = drawn_with(key, rows, {.samples = 0.6, .scheme = GetParam()});
    ASSERT_FALSE(drawn.empty());
    EXPECT_TRUE(std::ranges::is_sorted(drawn));
    for (const std::uint32_t row : drawn) EXPECT_TRUE(std::ranges::binary_search(rows, row)) << row;
    EXPECT_EQ(drawn, drawn_with(key, rows, {.samples = 0.6, .scheme = GetParam()}));
    seen.insert(drawn);
  }
  EXPECT_GT(seen.size(), 3U);
}

TEST_P(BagSchemes, OfOneRowGiveThatRow) {
  for (const double samples : {0.01, 1.0})
    EXPECT_THAT(drawn_with(1, {4}, {.samples = samples, .scheme = GetParam()}), ElementsAre(4));
}

INSTANTIATE_TEST_SUITE_P(All, BagSchemes,
                         testing::Values(BagScheme::rows, BagScheme::balanced, BagScheme::groups, BagScheme::blocks,
                                         BagScheme::part));

TEST(Balanced, EveryClassIsDrawnAsOftenAsTheRarestHasRows) {
  for (const auto& [samples, draws] : {std::pair{1.0, 2}, {0.5, 1}, {0.01, 1}})
    for (std::uint64_t key = 0; key < 20; ++key) {
      std::map<std::int32_t, int> of_class;
      for (const auto row : drawn_with(key, rows_below(12), {.samples = samples, .scheme = BagScheme::balanced}))
        ++of_class[kLabels[row]];
      EXPECT_THAT(of_class, ElementsAre(std::pair(0, draws), std::pair(1, draws), std::pair(2, draws)));
    }
}

TEST(Balanced, AClassWithoutRowsIsNotTheRarest) {
  EXPECT_EQ(drawn_with(3, {0, 1, 2, 3, 8, 11}, {.scheme = BagScheme::balanced}).size(), 6U)
      << "three rows each of 0 and 1";
}

TEST(Balanced, ARowListedTwiceCountsAsTwo) {
  EXPECT_EQ(drawn_with(3, {0, 1, 3, 5, 5}, {.scheme = BagScheme::balanced}).size(), 4U);
  int fives = 0;
  for (std::uint64_t key = 0; key < 1000; ++key)
    fives +=
        static_cast<int>(std::ranges::count(drawn_with(key, {0, 1, 3, 5, 5, 10}, {.scheme = BagScheme::balanced}), 5U));
  EXPECT_NEAR(fives, 2000, 130);  // 3,000 draws with probability 2/3: 5 deviations
}

// Groups 0, 1, 3 and 5 hold 3, 2, 5 and 2 rows.
TEST(Groups, ComeWhole) {
  for (std::uint64_t key = 0; key < 50; ++key) {
    const auto counts = bag_counts(drawn_with(key, rows_below(12), {.scheme = BagScheme::groups}), 12);
    std::map<std::int32_t, std::set<std::uint32_t>> of_group;
    for (std::size_t row = 0; row < 12; ++row) of_group[kGroups[row]].insert(counts[row]);
    std::uint32_t draws = 0;
    for (const auto& [group, times] : of_group) {
      EXPECT_EQ(times.size(), 1U) << "group " << group << " came in parts";
      draws += *times.begin();
    }
    EXPECT_EQ(draws, 4U);
  }
}

TEST(Groups, AShareIsOfTheirNumber) {
  for (std::uint64_t key = 0; key < 20; ++key) {
    std::set<std::int32_t> groups;
    for (const auto row : drawn_with(key, rows_below(12), {.samples = 0.25, .scheme = BagScheme::groups}))
      groups.insert(kGroups[row]);
    EXPECT_EQ(groups.size(), 1U);
  }
}

TEST(Groups, AreEquallyLikelyWhateverTheirSize) {
  std::map<std::int32_t, int> draws;
  for (std::uint64_t key = 0; key < 1000; ++key)
    for (const auto row : drawn_with(key, {0, 2, 5, 7, 10, 3}, {.samples = 0.5, .scheme = BagScheme::groups}))
      if (row == 0 || row == 3) ++draws[kGroups[row]];
  EXPECT_NEAR(draws[1], 500, 80);  // 5 deviations
  EXPECT_EQ(draws[1] + draws[3], 1000);
}

TEST(Groups, ARowListedTwiceComesTwice) {
  EXPECT_THAT(drawn_with(1, {8, 8, 11}, {.scheme = BagScheme::groups}), ElementsAre(8, 8, 11));
}

// In the order of time: 1 3 5 9 | 0 2 6 10 | 4 7 8 11.
TEST(Blocks, AreNeighboursInTimeAndGoRoundTheCircle) {
  const Rows order = {1, 3, 5, 9, 0, 2, 6, 10, 4, 7, 8, 11};
  std::set<Rows> possible, seen;
  for (std::size_t start = 0; start < 12; ++start) {
    Rows block;
    for (std::size_t i = 0; i < 5; ++i) block.push_back(order[(start + i) % 12]);
    std::ranges::sort(block);
    possible.insert(block);
  }
  for (std::uint64_t key = 0; key < 200; ++key)
    seen.insert(drawn_with(key, rows_below(12), {.samples = 5.0 / 12, .scheme = BagScheme::blocks, .block = 5}));
  EXPECT_EQ(seen, possible);
}

TEST(Blocks, TheLastIsCut) {
  for (std::uint64_t key = 0; key < 20; ++key)
    EXPECT_EQ(drawn_with(key, rows_below(12), {.scheme = BagScheme::blocks, .block = 5}).size(), 12U);
}

TEST(Blocks, AreNoLongerThanTheCircle) {
  EXPECT_EQ(drawn_with(7, rows_below(12), {.scheme = BagScheme::blocks, .block = 100}), rows_below(12));
}

// The least b with b^3 >= n: a bag of one block's draws is then b neighbours.
TEST(Blocks, AreTheCubeRootOfTheRowsLongByDefault) {
  for (const auto& [n, length] :
       {std::pair<std::size_t, std::size_t>{8, 2}, {9, 3}, {27, 3}, {28, 4}, {1000, 10}, {1001, 11}})
    for (std::uint64_t key = 0; key < 20; ++key) {
      Rng a(key), b(key);
      EXPECT_EQ(bag(rows_below(n), {}, {.scheme = BagScheme::blocks}, a),
                bag(rows_below(n), {}, {.scheme = BagScheme::blocks, .block = length}, b));
    }
}

TEST(Blocks, WithoutTimesFollowTheRows) {
  Rng rng(2);
  const Rows drawn = bag(Rows{9, 1, 4, 7, 12, 15}, {}, {.samples = 0.5, .scheme = BagScheme::blocks, .block = 3}, rng);
  const std::set<Rows> possible = {{1, 4, 7}, {4, 7, 9}, {7, 9, 12}, {9, 12, 15}, {1, 12, 15}, {1, 4, 15}};
  EXPECT_TRUE(possible.contains(drawn)) << testing::PrintToString(drawn);
}

TEST(Blocks, ARowListedTwiceStandsBesideItself) {
  std::set<Rows> seen;
  for (std::uint64_t key = 0; key < 100; ++key)
    seen.insert(drawn_with(key, {0, 2, 2}, {.samples = 0.67, .scheme = BagScheme::blocks, .block = 2}));
  EXPECT_THAT(seen, ElementsAre(Rows{0, 2}, Rows{2, 2}));
}

// A circular block bootstrap has no ends: every row is drawn equally often.
TEST(Blocks, DrawEveryRowEquallyOften) {
  std::vector<std::uint32_t> total(12);
  for (std::uint64_t key = 0; key < 1000; ++key) {
    const auto counts = bag_counts(drawn_with(key, rows_below(12), {.scheme = BagScheme::blocks, .block = 3}), 12);
    for (std::size_t row = 0; row < 12; ++row) total[row] += counts[row];
  }
  for (const auto count : total) EXPECT_NEAR(count, 1000, 160);  // Binomial(4000, 1/4): 5 deviations are 137
}

TEST(Part, HoldsNoRowTwiceAndEveryOneEquallyOften) {
  std::vector<std::uint32_t> total(12);
  for (std::uint64_t key = 0; key < 1000; ++key) {
    const auto counts = bag_counts(drawn_with(key, rows_below(12), {.samples = 0.25, .scheme = BagScheme::part}), 12);
    EXPECT_THAT(counts, Each(Le(1U)));
    EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), 0U), 3U);
    for (std::size_t row = 0; row < 12; ++row) total[row] += counts[row];
  }
  for (const auto count : total) EXPECT_NEAR(count, 250, 69);  // 5 deviations
}

TEST(Part, WhollyTakenIsTheListItself) {
  for (const bool stratified : {false, true})
    EXPECT_THAT(drawn_with(1, {7, 2, 5, 2}, {.stratified = stratified, .scheme = BagScheme::part}),
                ElementsAre(2, 2, 5, 7));
}

TEST(Part, StratifiedKeepsTheSharesOfTheClasses) {
  for (std::uint64_t key = 0; key < 20; ++key) {
    std::map<std::int32_t, int> of_class;
    const Rows drawn = drawn_with(key, rows_below(12), {.samples = 0.5, .stratified = true, .scheme = BagScheme::part});
    for (const auto row : drawn) ++of_class[kLabels[row]];
    EXPECT_THAT(of_class, ElementsAre(std::pair(0, 4), std::pair(1, 1), std::pair(2, 1)));
    EXPECT_EQ(std::set(drawn.begin(), drawn.end()).size(), drawn.size());
  }
}

// Results files depend on these draws: a change here is a change of format.
TEST(BagSchemes, KnownAnswers) {
  const auto drawn = [](BagScheme scheme) {
    Rng rng(stream_key(1, Purpose::bootstrap, {0}));
    return bag(rows_below(12), kFacts, {.samples = 0.75, .scheme = scheme}, rng);
  };
  EXPECT_THAT(drawn(BagScheme::balanced), ElementsAre(0, 2, 5, 5, 6, 8));
  EXPECT_THAT(drawn(BagScheme::groups), ElementsAre(1, 3, 3, 4, 6, 6, 9));
  EXPECT_THAT(drawn(BagScheme::blocks), ElementsAre(0, 2, 3, 5, 6, 7, 8, 9, 11));
  EXPECT_THAT(drawn(BagScheme::part), ElementsAre(2, 3, 4, 5, 6, 8, 9, 10, 11));
}

#ifdef JURY_CONTRACTS
TEST(BagSchemesDeathTest, FactsThatAreNeededMustBeThere) {
  Rng rng(1);
  EXPECT_DEATH(bag(rows_below(3), {}, {.scheme = BagScheme::balanced}, rng), "contract broken");
  EXPECT_DEATH(bag(rows_below(3), {}, {.scheme = BagScheme::groups}, rng), "contract broken");
  EXPECT_DEATH(bag(rows_below(13), kFacts, {.scheme = BagScheme::blocks}, rng), "contract broken");
}
#endif

}  // namespace
}  // namespace jury
