#include "search/split/predefined.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "runtime/base/error.hpp"
#include "search/split/split_laws.hpp"

namespace jury {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

using Folds = std::vector<std::int32_t>;

Predefined by_column(const Folds& fold) {
  return {{.method = "predefined", .column = "f"}, {.n = fold.size(), .fold = fold}, 1};
}

TEST(Predefined, TestsTheRowsOfEachValueAndTrainsOnAllOthers) {
  const Predefined splitter = by_column({1, 0, -1, 1, 2});
  ASSERT_EQ(splitter.num_folds(), 3U);
  EXPECT_EQ(splitter.fixed_repeats(), 1U);
  EXPECT_THAT(splitter.split(0, 0).test, ElementsAre(1));
  EXPECT_THAT(splitter.split(0, 1).test, ElementsAre(0, 3));
  EXPECT_THAT(splitter.split(0, 1).train, ElementsAre(1, 2, 4));
  EXPECT_THAT(splitter.split(0, 2).train, ElementsAre(0, 1, 2, 3));
}

TEST(Predefined, OneValueIsAHoldoutWhenOtherRowsAreNeverTested) {
  const Predefined splitter = by_column({-1, 0, 0});
  EXPECT_EQ(splitter.num_folds(), 1U);
  EXPECT_THAT(splitter.split(0, 0).test, ElementsAre(1, 2));
}

TEST(Predefined, GivenSplitsAreRepeatsOfOneFoldEach) {
  // Row 2 is tested twice, row 3 not used by the second split.
  const std::vector<Split> given = {{.train = {0, 3}, .test = {1, 2}}, {.train = {0, 1}, .test = {2}}};
  const Predefined splitter({.method = "predefined"}, {.n = 4, .given = given}, 1);
  ASSERT_EQ(splitter.num_folds(), 1U);
  ASSERT_EQ(splitter.fixed_repeats(), 2U);
  for (std::size_t repeat = 0; repeat < 2; ++repeat) {
    EXPECT_EQ(splitter.split(repeat, 0).train, given[repeat].train);
    EXPECT_EQ(splitter.split(repeat, 0).test, given[repeat].test);
  }
}

TEST(Predefined, KnowsHowManyItTrainsOnWithoutTheList) {
  const Predefined column = by_column({1, 0, -1, 1, 2});
  for (std::size_t fold = 0; fold < 3; ++fold) EXPECT_EQ(column.num_train(0, fold), column.split(0, fold).train.size());
  const std::vector<Split> given = {{.train = {0}, .test = {1}}, {.train = {0, 2}, .test = {1}}};
  const Predefined lists({.method = "predefined"}, {.n = 3, .given = given}, 1);
  EXPECT_EQ(lists.num_train(1, 0), 2U);
}

TEST(Predefined, HasNothingRandom) {
  const Folds fold = {0, 1, 0, 1};
  const auto test = [&](std::uint64_t seed, std::int32_t outer) {
    return Predefined({.method = "predefined"}, {.n = 4, .fold = fold, .outer = outer}, seed).split(0, 1).test;
  };
  EXPECT_EQ(test(1, -1), test(2, 3));
}

TEST(Predefined, WithoutSplitsIsAConfigError) {
  EXPECT_THAT(
      [] { make_splitter({.method = "predefined"}, {.n = 4}, 1); },
      ThrowsMessage<ConfigError>("cv.method = \"predefined\" has no splits (the data come without) name a column in "
                                 "cv.column, or files in cv.test_index"));
}

TEST(Predefined, RepeatsAreAConfigError) {
  const Folds fold = {0, 1};
  EXPECT_THAT([&] { make_splitter({.method = "predefined", .repeats = 3}, {.n = 2, .fold = fold}, 1); },
              ThrowsMessage<ConfigError>(HasSubstr("cv.repeats = 3 would repeat the same folds")));
}

TEST(Predefined, AColumnThatTestsNothingOrTrainsOnNothingIsAConfigError) {
  EXPECT_THAT(
      [] {
        by_column({-1, -1});
      },
      ThrowsMessage<ConfigError>("cv.column = \"f\" names no fold (all 2 training rows have no value or -1, which is "
                                 "never tested)"));
  EXPECT_THAT(
      [] {
        by_column({0, 0, 0});
      },
      ThrowsMessage<ConfigError>("cv.column = \"f\" has one value in all 3 training rows (none is left to train on)"));
}

TEST(Predefined, IsWhatAutoMeansWhereTheKeysAreGiven) {
  const Folds fold = {0, 1, 1};
  EXPECT_EQ(method_of({.column = "f"}, {.n = 3, .fold = fold}), "predefined");
  EXPECT_EQ(method_of({.test_index = "t{}"}, {.n = 3}), "predefined");
}

#ifdef JURY_CONTRACTS
TEST(PredefinedDeathTest, ARepeatThatIsNotThereBreaksTheContract) {
  EXPECT_DEATH(by_column({0, 1}).split(1, 0), "contract broken: repeat < fixed_repeats");
  EXPECT_DEATH(by_column({0, 1}).split(0, 2), "contract broken: fold < num_folds");
}
#endif

}  // namespace
}  // namespace jury
