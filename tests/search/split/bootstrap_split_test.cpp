#include "search/split/bootstrap_split.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "runtime/base/error.hpp"
#include "search/split/split_laws.hpp"

namespace jury {
namespace {

using testing::ThrowsMessage;

TEST(BootstrapSplit, TrainsOnAsManyDrawsAsSamplesAndTestsTheOthers) {
  const BootstrapSplit splitter({.method = "632plus", .folds = 50}, {.n = 400}, 1);
  double tested = 0;
  for (const Split& split : all_splits(splitter)) {
    EXPECT_EQ(split.train.size(), 400U);
    std::vector<SampleIndex> distinct = split.train;
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    EXPECT_EQ(distinct.size() + split.test.size(), 400U);
    tested += static_cast<double>(split.test.size()) / (50 * 400);
  }
  // (1 - 1/400)^400 with a standard error of 0.0022 (each share has a variance of about 0.0975 / 400).
  EXPECT_NEAR(tested, std::pow(1 - 1.0 / 400, 400), 0.009);
}

TEST(BootstrapSplit, DrawsGroupsWhole) {
  const SplitCase one = make_case(80, 20, 2, 1);
  for (const Split& split : all_splits(BootstrapSplit({.method = "bootstrap_632"}, one.input(), 1))) {
    std::map<std::int32_t, std::vector<std::ptrdiff_t>> times_drawn;
    for (SampleIndex i = 0; i < 80; ++i) times_drawn[one.groups[i]].push_back(std::ranges::count(split.train, i));
    for (const auto& [group, times] : times_drawn) EXPECT_THAT(times, testing::Each(times.front())) << group;
  }
}

TEST(BootstrapSplit, ADrawThatLeavesNothingOutIsDrawnAgain) {
  for (std::uint64_t seed = 0; seed < 20; ++seed)
    for (const Split& split : all_splits(BootstrapSplit({.method = "632plus"}, {.n = 2}, seed)))
      EXPECT_EQ(split.test.size(), 1U);
}

TEST(BootstrapSplit, OfOneUnitOrWithoutShuffleIsAConfigError) {
  const std::vector<std::int32_t> groups = {5, 5, 5};
  EXPECT_THAT([&] { BootstrapSplit({.method = "632plus"}, {.n = 3, .groups = groups}, 1); },
              ThrowsMessage<ConfigError>(
                  "cv.method = \"632plus\" does not fit 1 group (needs two, so that one can be left out)"));
  EXPECT_THROW(BootstrapSplit({.method = "632plus", .shuffle = false}, {.n = 3}, 1), ConfigError);
}

}  // namespace
}  // namespace jury
