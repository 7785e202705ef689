// Folds of whole groups, with and without the shares of the classes.
#include "search/split/group_k_fold.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "runtime/base/error.hpp"
#include "search/split/split_laws.hpp"
#include "search/split/stratified_group_k_fold.hpp"

namespace jury {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(GroupKFold, SizesOfFoldsDifferByAtMostTheLargestGroup) {
  for (const bool shuffle : {true, false}) {
    for (std::uint64_t key = 0; key < 20; ++key) {
      const SplitCase one = make_case(50 + 7 * key, 40, 2, key);
      const GroupKFold splitter({.shuffle = shuffle, .folds = 4}, one.input(), key);
      const SampleUnits units(one.input());
      std::vector<std::size_t> sizes;
      for (const Split& split : all_folds(splitter)) sizes.push_back(split.test.size());
      EXPECT_LE(std::ranges::max(sizes) - std::ranges::min(sizes), std::ranges::max(units.sizes()));
    }
  }
}

// The folds of scikit-learn 1.2.1, GroupKFold(3), for the same groups.
TEST(GroupKFold, WithoutShuffleAgreesWithScikitLearn) {
  const std::vector<std::int32_t> groups = {4, 1, 2, 2, 0, 5, 1, 4, 1, 0, 3, 0, 0, 0, 3, 1, 1, 3, 0, 0, 2, 2};
  const GroupKFold splitter({.shuffle = false, .folds = 3}, {.n = 22, .groups = groups}, 1);
  EXPECT_THAT(splitter.split(0, 0).test, ElementsAre(4, 5, 9, 11, 12, 13, 18, 19));
  EXPECT_THAT(splitter.split(0, 1).test, ElementsAre(0, 1, 6, 7, 8, 15, 16));
  EXPECT_THAT(splitter.split(0, 2).test, ElementsAre(2, 3, 10, 14, 17, 20, 21));
}

TEST(GroupKFold, AsManyFoldsAsGroupsTestOneGroupEach) {
  const std::vector<std::int32_t> groups = {7, 7, 7, 7, 2, 2, 9};
  for (const Split& split : all_folds(GroupKFold({.folds = 3}, {.n = 7, .groups = groups}, 1)))
    for (const SampleIndex i : split.test) EXPECT_EQ(groups[i], groups[split.test.front()]);
}

TEST(GroupKFold, WithoutGroupsOrWithTooFewIsAConfigError) {
  EXPECT_THAT([] { GroupKFold({.folds = 2}, {.n = 4}, 1); },
              ThrowsMessage<ConfigError>(
                  "cv.method = \"group_kfold\" has no groups to keep whole (data.group is not given) name their "
                  "column there"));
  const std::vector<std::int32_t> groups = {0, 0, 4, 4};
  EXPECT_THAT([&] { GroupKFold({.folds = 3}, {.n = 4, .groups = groups}, 1); },
              ThrowsMessage<ConfigError>("cv.folds = 3 does not fit 2 groups (needs 2 <= folds <= groups)"));
}

// The folds of scikit-learn 1.2.1, StratifiedGroupKFold(3): the example of its documentation, with a third class.
TEST(StratifiedGroupKFold, WithoutShuffleAgreesWithScikitLearn) {
  const std::vector<std::int32_t> labels = {0, 0, 1, 1, 1, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 2, 2, 0, 2, 1};
  const std::vector<std::int32_t> groups = {1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 5, 5, 5, 6, 6, 7, 7, 8, 8, 9};
  const StratifiedGroupKFold splitter({.shuffle = false, .folds = 3}, {.n = 20, .labels = labels, .groups = groups}, 1);
  EXPECT_THAT(splitter.split(0, 0).test, ElementsAre(2, 3, 4, 13, 14, 17, 18));
  EXPECT_THAT(splitter.split(0, 1).test, ElementsAre(0, 1, 10, 11, 12, 15, 16));
  EXPECT_THAT(splitter.split(0, 2).test, ElementsAre(5, 6, 7, 8, 9, 19));
}

// With many small groups the shares come out; folds of groups alone miss them by far more.
TEST(StratifiedGroupKFold, KeepsTheSharesOfClassesWhereGroupsAreSmall) {
  std::vector<std::int32_t> labels, groups;
  for (std::int32_t i = 0; i < 400; ++i) {
    groups.push_back(i / 4);
    labels.push_back(i / 4 % 10 == 0 ? 1 : 0);  // every tenth group is of class 1
  }
  const SplitInput input{.n = 400, .labels = labels, .groups = groups};
  for (const Split& split : all_folds(StratifiedGroupKFold({.folds = 5}, input, 3)))
    EXPECT_EQ(std::ranges::count_if(split.test, [&](SampleIndex i) { return labels[i] == 1; }), 8);
}

TEST(StratifiedGroupKFold, NoFoldStaysEmptyWhenGroupsAreAsManyAsFolds) {
  for (std::uint64_t key = 0; key < 50; ++key) {
    const SplitCase one = make_case(30, 8, 4, key);
    const auto groups = static_cast<std::int32_t>(SampleUnits(one.input()).size());
    for (const Split& split : all_folds(StratifiedGroupKFold({.folds = groups}, one.input(), key)))
      EXPECT_FALSE(split.test.empty());
  }
}

TEST(StratifiedGroupKFold, WithoutGroupsOrClassesIsAConfigError) {
  const std::vector<std::int32_t> four = {0, 0, 1, 1};
  EXPECT_THAT([&] { StratifiedGroupKFold({.folds = 2}, {.n = 4, .labels = four}, 1); },
              ThrowsMessage<ConfigError>(HasSubstr("has no groups")));
  EXPECT_THAT([&] { StratifiedGroupKFold({.folds = 2}, {.n = 4, .groups = four}, 1); },
              ThrowsMessage<ConfigError>(HasSubstr("has no classes")));
}

}  // namespace
}  // namespace jury
