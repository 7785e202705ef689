#include "models/ensemble/bootstrap.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace jury {
namespace {

using testing::ElementsAre;

std::vector<std::uint32_t> first_rows(std::size_t n) {
  std::vector<std::uint32_t> rows(n);
  std::iota(rows.begin(), rows.end(), 0U);
  return rows;
}

TEST(Bag, HoldsAsManyDrawsAsAskedForAscending) {
  const auto rows = first_rows(101);
  for (const auto& [samples, draws] : {std::pair{1.0, 101U}, {0.5, 51U}, {0.25, 25U}, {0.001, 1U}}) {
    Rng rng(3);
    const auto drawn = bag(rows, {}, {.samples = samples}, rng);
    EXPECT_EQ(drawn.size(), draws);
    EXPECT_TRUE(std::ranges::is_sorted(drawn));
    EXPECT_LT(drawn.back(), 101U);
  }
}

// 200 bags of 500 rows: the share has a deviation of about 0.0139 / sqrt(200) = 0.001.
TEST(Bag, HoldsAboutTwoThirdsOfTheRows) {
  const auto rows = first_rows(500);
  double share = 0;
  for (std::uint64_t key = 0; key < 200; ++key) {
    Rng rng(key);
    share += 1 - static_cast<double>(out_of_bag(rows, bag(rows, {}, {}, rng)).size()) / 500;
  }
  EXPECT_NEAR(share / 200, 1 - std::pow(1 - 1.0 / 500, 500), 0.005);
}

// Each row is drawn 1,000 times in expectation; 5 deviations of sqrt(1000).
TEST(Bag, DrawsEveryRowEquallyOften) {
  const auto rows = first_rows(7);
  std::vector<std::uint32_t> total(7);
  for (std::uint64_t key = 0; key < 1000; ++key) {
    Rng rng(key);
    const auto counts = bag_counts(bag(rows, {}, {}, rng), 7);
    for (std::size_t i = 0; i < 7; ++i) total[i] += counts[i];
  }
  for (const auto count : total) EXPECT_NEAR(count, 1000, 160);
}

TEST(Bag, StratifiedKeepsTheCountOfEachClass) {
  const std::vector<std::int32_t> labels = {2, 0, 0, 2, 0, 0, 2, 0, 0, 0};  // no row of class 1
  const auto rows = first_rows(10);
  for (std::uint64_t key = 0; key < 20; ++key) {
    Rng rng(key);
    const auto drawn = bag(rows, {.labels = labels}, {.stratified = true}, rng);
    EXPECT_EQ(std::ranges::count_if(drawn, [&](auto row) { return labels[row] == 2; }), 3);
    EXPECT_EQ(drawn.size(), 10U);
  }
}

TEST(Bag, StratifiedDealsASmallerBagInProportionButNeverMissesAClass) {
  std::vector<std::int32_t> labels(100, 0);
  for (std::size_t i = 60; i < 99; ++i) labels[i] = 1;
  labels[99] = 2;
  Rng rng(1);
  const auto drawn = bag(first_rows(100), {.labels = labels}, {.samples = 0.3, .stratified = true}, rng);
  const auto of_class = [&](int c) { return std::ranges::count_if(drawn, [&](auto row) { return labels[row] == c; }); };
  EXPECT_EQ(of_class(0), 18);
  EXPECT_EQ(of_class(1), 12);
  EXPECT_EQ(of_class(2), 1);
}

TEST(Bag, StratifiedWithoutLabelsIsOneStratum) {
  Rng a(5);
  Rng b(5);
  EXPECT_EQ(bag(first_rows(30), {}, {.stratified = true}, a), bag(first_rows(30), {}, {}, b));
}

TEST(Bag, DrawsFromTheElementsOfARowListWithRepeats) {
  const std::vector<std::uint32_t> rows = {4, 4, 4, 9};
  std::size_t fours = 0;
  for (std::uint64_t key = 0; key < 1000; ++key) {
    Rng rng(key);
    const auto drawn = bag(rows, {}, {}, rng);
    fours += static_cast<std::size_t>(std::ranges::count(drawn, 4U));
  }
  EXPECT_NEAR(static_cast<double>(fours) / 4000, 0.75, 0.035);  // 5 deviations
}

TEST(Bag, IsAFunctionOfItsStream) {
  Rng a(5);
  Rng b(5);
  Rng c(6);
  const auto rows = first_rows(40);
  const auto drawn = bag(rows, {}, {}, a);
  EXPECT_EQ(drawn, bag(rows, {}, {}, b));
  EXPECT_NE(drawn, bag(rows, {}, {}, c));
  EXPECT_NE(drawn, bag(rows, {}, {}, a)) << "the stream moves on";
}

// Results files depend on these draws: a change here is a change of format.
TEST(Bag, KnownAnswer) {
  Rng rng(stream_key(1, Purpose::bootstrap, {0}));
  EXPECT_THAT(bag(first_rows(8), {}, {}, rng), ElementsAre(1, 1, 2, 2, 2, 4, 4, 5));
}

TEST(OutOfBag, IsTheComplementEachRowOnce) {
  const std::vector<std::uint32_t> rows = {9, 3, 5, 3, 7, 9};
  EXPECT_THAT(out_of_bag(rows, std::vector<std::uint32_t>{5, 9}), ElementsAre(3, 7));
  EXPECT_THAT(out_of_bag(rows, rows), ElementsAre());
  EXPECT_THAT(out_of_bag(rows, {}), ElementsAre(3, 5, 7, 9));
}

TEST(BagCounts, SumToTheDraws) {
  const std::vector<std::uint32_t> drawn = {1, 1, 4};
  EXPECT_THAT(bag_counts(drawn, 6), ElementsAre(0, 2, 0, 0, 1, 0));
}

#ifdef JURY_CONTRACTS
TEST(BagDeathTest, NoRowsOrARowWithoutLabelBreakTheContract) {
  Rng rng(1);
  const std::vector<std::int32_t> labels = {0, 1};
  EXPECT_DEATH(bag({}, {}, {}, rng), "contract broken");
  EXPECT_DEATH(bag(first_rows(3), {.labels = labels}, {.stratified = true}, rng), "contract broken: row < labels.size");
  EXPECT_DEATH(bag(first_rows(3), {}, {.samples = 0}, rng), "contract broken");
  EXPECT_DEATH(bag_counts(first_rows(3), 2), "contract broken: row < num_rows");
}
#endif

}  // namespace
}  // namespace jury
