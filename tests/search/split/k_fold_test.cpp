#include "search/split/k_fold.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>
#include <vector>

#include "runtime/base/error.hpp"
#include "search/split/split_laws.hpp"

namespace jury {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

// Properties that hold for every (samples, folds).
class KFoldProperties : public testing::TestWithParam<std::tuple<std::size_t, std::int32_t>> {
 protected:
  std::size_t samples() const { return std::get<0>(GetParam()); }
  std::int32_t folds() const { return std::get<1>(GetParam()); }
  KFold splitter() const { return KFold({.folds = folds()}, {.n = samples()}, 7); }
};

TEST_P(KFoldProperties, EverySampleIsTestedOnceAndTrainedElsewhere) {
  std::vector<int> tested(samples());
  std::vector<int> trained(samples());
  for (const Split& split : all_folds(splitter(), 3)) {
    for (const SampleIndex i : split.test) ++tested[i];
    for (const SampleIndex i : split.train) ++trained[i];
    EXPECT_TRUE(std::ranges::is_sorted(split.test));
    EXPECT_TRUE(std::ranges::is_sorted(split.train));
  }
  EXPECT_THAT(tested, testing::Each(1));
  EXPECT_THAT(trained, testing::Each(folds() - 1));
}

TEST_P(KFoldProperties, TestSetSizesDifferByAtMostOne) {
  const std::size_t size = samples() / static_cast<std::size_t>(folds());
  for (const Split& split : all_folds(splitter())) EXPECT_THAT(split.test.size(), testing::AnyOf(size, size + 1));
}

INSTANTIATE_TEST_SUITE_P(Shapes, KFoldProperties,
                         testing::Values(std::tuple{2U, 2}, std::tuple{10U, 5}, std::tuple{11U, 5}, std::tuple{11U, 11},
                                         std::tuple{997U, 10}));

TEST(KFold, WithoutShuffleCutsTheSamplesInOrder) {
  const KFold splitter({.shuffle = false, .folds = 3}, {.n = 10}, 1);
  EXPECT_THAT(splitter.split(0, 0).test, ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(splitter.split(0, 1).test, ElementsAre(4, 5, 6));
  EXPECT_THAT(splitter.split(0, 2).test, ElementsAre(7, 8, 9));
}

// Results files depend on these folds: a change here is a change of format.
TEST(KFold, KnownAnswer) {
  const KFold splitter({.folds = 3}, {.n = 10}, 20260101);
  EXPECT_THAT(splitter.split(0, 0).test, ElementsAre(0, 3, 5, 9));
}

TEST(KFold, MoreFoldsThanSamplesIsAConfigError) {
  EXPECT_THAT([] { KFold({.folds = 4}, {.n = 3}, 1); },
              ThrowsMessage<ConfigError>("cv.folds = 4 does not fit 3 samples (needs 2 <= folds <= samples)"));
  EXPECT_THAT([] { KFold({.folds = 1}, {.n = 3}, 1); }, ThrowsMessage<ConfigError>(HasSubstr("cv.folds = 1")));
}

#ifdef JURY_CONTRACTS
TEST(KFoldDeathTest, AFoldThatDoesNotExistBreaksTheContract) {
  const KFold splitter({.folds = 2}, {.n = 10}, 1);
  EXPECT_DEATH(splitter.split(0, 2), "contract broken: fold < folds");
}
#endif

}  // namespace
}  // namespace jury
