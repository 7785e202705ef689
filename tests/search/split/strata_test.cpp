#include "search/split/strata.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "search/split/split_laws.hpp"

namespace jury {
namespace {

using testing::ElementsAre;

TEST(Strata, AreTheClassesWhereThereAreSuch) {
  const SplitCase one{.n = 3, .labels = {2, 0, 2}, .values = {1, 2, 3}};
  EXPECT_THAT(strata_of("x", {}, one.input(), 1), ElementsAre(2, 0, 2));
}

TEST(Strata, OfValuesAreTheirQuantiles) {
  const SplitCase one{.n = 6, .values = {3, -1, 10, 2, 8, 9}};
  EXPECT_THAT(strata_of("x", {.bins = 3}, one.input(), 1), ElementsAre(1, 0, 2, 0, 1, 2));
}

TEST(Strata, EqualValuesShareABin) {
  const SplitCase one{.n = 6, .values = {0, 0, 0, 0, 0, 7}};
  EXPECT_THAT(strata_of("x", {.bins = 3}, one.input(), 1), ElementsAre(0, 0, 0, 0, 0, 2));
}

TEST(Strata, BinsHoldAsManySamplesAsAreNeeded) {
  const SplitCase one{.n = 6, .values = {1, 2, 3, 4, 5, 6}};
  EXPECT_THAT(strata_of("x", {.bins = 6}, one.input(), 3), ElementsAre(0, 0, 0, 1, 1, 1));
  EXPECT_THAT(strata_of("x", {.bins = 6}, one.input(), 7), ElementsAre(0, 0, 0, 0, 0, 0));
}

// Sorted by value and cut into bins of a fold's size, each fold of a run has one sample of each.
TEST(Strata, StratifiedFoldsOfValuesTestEveryQuantile) {
  const SplitCase one = make_case(100, 0, 0, 8);
  const std::vector<std::int32_t> bin = strata_of("stratified_kfold", {.bins = 10}, one.input(), 5);
  const auto splitter = make_splitter({.method = "stratified_kfold", .folds = 5, .bins = 10}, one.input(), 1);
  for (const Split& split : all_folds(*splitter)) {
    std::vector<int> of_bin(10);
    for (const SampleIndex i : split.test) ++of_bin[static_cast<std::size_t>(bin[i])];
    EXPECT_THAT(of_bin, testing::Each(2));
  }
}

}  // namespace
}  // namespace jury
