#include "search/split/shuffle_split.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "runtime/base/error.hpp"
#include "search/split/split_laws.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(ShuffleSplit, IsHoldoutRepeated) {
  const ShuffleSplit splitter({.folds = 3, .repeats = 2, .fraction = 0.25}, {.n = 40}, 5);
  const Holdout holdout({.fraction = 0.25}, {.n = 40}, 5);
  ASSERT_EQ(splitter.fixed_repeats(), 6U);
  for (std::size_t s = 0; s < 6; ++s) EXPECT_EQ(splitter.split(s, 0).test, holdout.split(s, 0).test);
}

TEST(ShuffleSplit, OfGroupsDrawsAShareOfTheGroups) {
  std::vector<std::int32_t> groups;
  for (std::int32_t i = 0; i < 60; ++i) groups.push_back(i % 20);
  for (const Split& split : all_splits(ShuffleSplit({.folds = 8, .fraction = 0.25}, {.n = 60, .groups = groups}, 5)))
    EXPECT_EQ(split.test.size(), 15U);  // 5 groups of 3
}

TEST(ShuffleSplit, WithoutShuffleOrOfTooManySplitsIsAConfigError) {
  EXPECT_THAT(
      [] { ShuffleSplit({.shuffle = false}, {.n = 10}, 1); },
      ThrowsMessage<ConfigError>(
          "cv.shuffle = false would make all splits the same (shuffle_split draws each at random) leave it out"));
  EXPECT_THAT([] { ShuffleSplit({.folds = 1000, .repeats = 1001}, {.n = 10}, 1); },
              ThrowsMessage<ConfigError>(HasSubstr("would be 1001000 splits")));
  const std::vector<std::int32_t> groups = {0, 0, 0, 1, 1, 1};
  EXPECT_THAT([&] { ShuffleSplit({}, {.n = 6, .groups = groups}, 1); },
              ThrowsMessage<ConfigError>(HasSubstr("cv.fraction = 0.2 of 2 groups leaves none to test on")));
}

TEST(StratifiedShuffleSplit, CountsOfClassesAreWithinOneOfTheirShare) {
  for (const double fraction : {0.05, 0.2, 0.5, 0.95}) {
    for (std::uint64_t key = 0; key < 10; ++key) {
      const SplitCase one{.n = 150, .labels = skewed_labels(150, 3, key)};
      for (const Split& split : all_splits(StratifiedShuffleSplit({.fraction = fraction}, one.input(), key))) {
        EXPECT_NEAR(static_cast<double>(split.test.size()), std::round(fraction * 150), 3);
        for (std::int32_t c = 0; c < 3; ++c) {
          const auto of_class = static_cast<double>(std::ranges::count(one.labels, c));
          const auto tested =
              static_cast<double>(std::ranges::count_if(split.test, [&](SampleIndex i) { return one.labels[i] == c; }));
          EXPECT_LE(std::abs(tested - fraction * of_class), 1) << c;
          EXPECT_TRUE(tested > 0 && tested < of_class) << c;
        }
      }
    }
  }
}

TEST(StratifiedShuffleSplit, KeepsTheSharesOfTheQuantilesOfValues) {
  const SplitCase one = make_case(100, 0, 0, 3);
  std::vector<double> sorted = one.values;
  std::ranges::sort(sorted);
  for (const Split& split :
       all_splits(StratifiedShuffleSplit({.folds = 6, .fraction = 0.2, .bins = 4}, one.input(), 1)))
    for (std::size_t quarter = 0; quarter < 4; ++quarter)
      EXPECT_EQ(std::ranges::count_if(split.test,
                                      [&](SampleIndex i) {
                                        return one.values[i] >= sorted[25 * quarter] &&
                                               (quarter == 3 || one.values[i] < sorted[25 * quarter + 25]);
                                      }),
                5);
}

TEST(StratifiedShuffleSplit, AClassOfOneSampleIsAConfigErrorThatNamesIt) {
  const std::vector<std::int32_t> labels = {0, 0, 0, 0, 1};
  EXPECT_THAT([&] { StratifiedShuffleSplit({}, {.n = 5, .labels = labels}, 1); },
              ThrowsMessage<ConfigError>(HasSubstr("class 1 has 1 sample")));
  EXPECT_THAT([&] { StratifiedShuffleSplit({}, {.n = 5}, 1); },
              ThrowsMessage<ConfigError>(HasSubstr("has no classes")));
  EXPECT_THAT([&] { StratifiedShuffleSplit({.shuffle = false}, {.n = 5, .labels = labels}, 1); },
              ThrowsMessage<ConfigError>(HasSubstr("cv.shuffle")));
}

}  // namespace
}  // namespace jury
