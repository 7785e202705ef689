#include "search/split/holdout.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

using testing::ElementsAre;
using testing::ThrowsMessage;

TEST(Holdout, TestsTheRoundedShareAndTrainsOnTheRest) {
  for (const std::size_t n : {2U, 7U, 10U, 1000U}) {
    const Holdout splitter({.fraction = 0.3}, {.n = n}, 1);
    ASSERT_EQ(splitter.num_folds(), 1U);
    const Split split = splitter.split(4, 0);
    EXPECT_EQ(split.test.size(), (3 * n + 5) / 10);
    EXPECT_EQ(split.train.size() + split.test.size(), n);
    EXPECT_TRUE(std::ranges::is_sorted(split.test));
    for (const SampleIndex i : split.test) EXPECT_FALSE(std::ranges::binary_search(split.train, i));
  }
}

TEST(Holdout, WithoutShuffleTestsTheLastSamples) {
  const Holdout splitter({.shuffle = false, .fraction = 0.4}, {.n = 5}, 1);
  EXPECT_THAT(splitter.split(0, 0).test, ElementsAre(3, 4));
}

TEST(Holdout, AFractionThatLeavesNoSamplesIsAConfigError) {
  EXPECT_THAT([] { Holdout({.fraction = 0.01}, {.n = 10}, 1); },
              ThrowsMessage<ConfigError>("cv.fraction = 0.01 of 10 samples leaves none to test on (both parts need at "
                                         "least one) use another fraction"));
  EXPECT_THAT([] { Holdout({.fraction = 0.99}, {.n = 10}, 1); },
              ThrowsMessage<ConfigError>(testing::HasSubstr("leaves none to train on")));
  EXPECT_THROW(Holdout({}, {.n = 0}, 1), ConfigError);
}

#ifdef JURY_CONTRACTS
TEST(HoldoutDeathTest, ASecondFoldBreaksTheContract) {
  EXPECT_DEATH(Holdout({}, {.n = 10}, 1).split(0, 1), "contract broken: fold == 0");
}
#endif

}  // namespace
}  // namespace jury
