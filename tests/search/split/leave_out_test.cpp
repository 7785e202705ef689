#include "search/split/leave_out.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "runtime/base/error.hpp"
#include "search/split/split_laws.hpp"

namespace jury {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(LeaveOneOut, FoldIIsSampleI) {
  const LeaveOneOut splitter({}, {.n = 5}, 1);
  EXPECT_EQ(splitter.num_folds(), 5U);
  EXPECT_THAT(splitter.split(0, 3).test, ElementsAre(3));
  EXPECT_THAT(splitter.split(0, 3).train, ElementsAre(0, 1, 2, 4));
}

TEST(LeaveOneOut, OfOneSampleIsAConfigError) {
  EXPECT_THAT([] { LeaveOneOut({}, {.n = 1}, 1); }, ThrowsMessage<ConfigError>(HasSubstr("does not fit 1 sample")));
}

// In the order of itertools.combinations(range(5), 2).
TEST(LeavePOut, TestsEveryChoiceInLexicographicOrder) {
  const LeavePOut splitter({.p = 2}, {.n = 5}, 1);
  ASSERT_EQ(splitter.fixed_repeats(), 10U);
  const std::vector<std::vector<SampleIndex>> expected = {{0, 1}, {0, 2}, {0, 3}, {0, 4}, {1, 2},
                                                          {1, 3}, {1, 4}, {2, 3}, {2, 4}, {3, 4}};
  for (std::size_t s = 0; s < 10; ++s) EXPECT_EQ(splitter.split(s, 0).test, expected[s]);
}

TEST(LeavePOut, TestsEveryChoiceOnce) {
  for (const auto& [n, p] : {std::pair<std::size_t, std::int32_t>{7, 3}, {12, 5}, {9, 8}, {100, 2}, {100, 99}}) {
    const LeavePOut splitter({.p = p}, {.n = n}, 1);
    std::set<std::vector<SampleIndex>> choices;
    for (const Split& split : all_splits(splitter)) {
      EXPECT_EQ(split.test.size(), static_cast<std::size_t>(p));
      choices.insert(split.test);
    }
    EXPECT_EQ(choices.size(), splitter.fixed_repeats());
  }
}

TEST(LeavePOut, TooManyChoicesOrNothingLeftIsAConfigError) {
  EXPECT_THAT([] { LeavePOut({.p = 2}, {.n = 101}, 1); },
              ThrowsMessage<ConfigError>(
                  "cv.p = 2 of 101 samples can be left out in more than 5000 ways (each is trained for) use a smaller "
                  "cv.p, or cv.method = \"shuffle_split\""));
  EXPECT_THAT([] { LeavePOut({.p = 50}, {.n = 4'000'000'000}, 1); },
              ThrowsMessage<ConfigError>(HasSubstr("more than 5000 ways")));
  EXPECT_THAT([] { LeavePOut({.p = 3}, {.n = 3}, 1); },
              ThrowsMessage<ConfigError>(HasSubstr("leaves nothing of 3 samples to train on")));
}

TEST(LeaveOneGroupOut, FoldsAreTheGroupsInTheOrderOfTheirNumbers) {
  const std::vector<std::int32_t> groups = {8, 2, 8, 5, 2};
  const LeaveOneGroupOut splitter({}, {.n = 5, .groups = groups}, 1);
  ASSERT_EQ(splitter.num_folds(), 3U);
  EXPECT_THAT(splitter.split(0, 0).test, ElementsAre(1, 4));
  EXPECT_THAT(splitter.split(0, 1).test, ElementsAre(3));
  EXPECT_THAT(splitter.split(0, 2).test, ElementsAre(0, 2));
}

TEST(LeaveOneGroupOut, WithoutTwoGroupsIsAConfigError) {
  const std::vector<std::int32_t> one = {3, 3};
  EXPECT_THAT([] { LeaveOneGroupOut({}, {.n = 2}, 1); }, ThrowsMessage<ConfigError>(HasSubstr("has no groups")));
  EXPECT_THAT([&] { LeaveOneGroupOut({}, {.n = 2, .groups = one}, 1); },
              ThrowsMessage<ConfigError>(HasSubstr("does not fit 1 group")));
}

}  // namespace
}  // namespace jury
