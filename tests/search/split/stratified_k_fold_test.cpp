#include "search/split/stratified_k_fold.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "runtime/base/error.hpp"
#include "search/split/split_laws.hpp"

namespace jury {
namespace {

using testing::ElementsAre;
using testing::ThrowsMessage;

struct Shape {
  std::size_t samples, classes;
  std::int32_t folds;
};

// Properties that hold for every shape, with and without shuffling.
class StratifiedKFoldProperties : public testing::TestWithParam<Shape> {
 protected:
  template <class Check>
  void for_each_case(Check&& check) const {
    const auto [samples, classes, folds] = GetParam();
    for (const bool shuffle : {true, false}) {
      for (std::uint64_t key = 0; key < 5; ++key) {
        const auto labels = skewed_labels(samples, classes, key);
        const StratifiedKFold splitter({.shuffle = shuffle, .folds = folds}, {.n = samples, .labels = labels}, key);
        check(labels, all_folds(splitter, key));
      }
    }
  }
};

TEST_P(StratifiedKFoldProperties, EverySampleIsTestedOnceAndTrainedElsewhere) {
  for_each_case([&](const auto& labels, const auto& splits) {
    std::vector<int> tested(labels.size());
    for (const Split& split : splits) {
      EXPECT_EQ(split.train.size() + split.test.size(), labels.size());
      EXPECT_TRUE(std::ranges::is_sorted(split.test));
      EXPECT_TRUE(std::ranges::is_sorted(split.train));
      for (const SampleIndex i : split.test) {
        ++tested[i];
        EXPECT_FALSE(std::ranges::binary_search(split.train, i));
      }
    }
    EXPECT_THAT(tested, testing::Each(1));
  });
}

TEST_P(StratifiedKFoldProperties, FoldsAndClassesWithinFoldsDifferByAtMostOne) {
  for_each_case([&](const auto& labels, const auto& splits) {
    std::vector<std::size_t> sizes;
    for (const Split& split : splits) sizes.push_back(split.test.size());
    EXPECT_LE(std::ranges::max(sizes) - std::ranges::min(sizes), 1U);
    for (std::int32_t c = 0; c < static_cast<std::int32_t>(GetParam().classes); ++c) {
      std::vector<std::ptrdiff_t> counts;
      for (const Split& split : splits)
        counts.push_back(std::ranges::count_if(split.test, [&](SampleIndex i) { return labels[i] == c; }));
      EXPECT_LE(std::ranges::max(counts) - std::ranges::min(counts), 1) << "class " << c;
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Shapes, StratifiedKFoldProperties,
                         testing::Values(Shape{10, 1, 5}, Shape{50, 2, 2}, Shape{101, 3, 5}, Shape{300, 4, 7},
                                         Shape{997, 5, 10}));

// The folds of scikit-learn 1.2.1, StratifiedKFold(3) and (4), for the same labels.
TEST(StratifiedKFold, WithoutShuffleAgreesWithScikitLearn) {
  const std::vector<std::int32_t> labels = {0, 1, 0, 2, 1, 0, 0, 2, 1, 0, 1, 2, 0, 0, 1, 2};
  const StratifiedKFold three({.shuffle = false, .folds = 3}, {.n = 16, .labels = labels}, 1);
  EXPECT_THAT(three.split(0, 0).test, ElementsAre(0, 1, 2, 3, 5, 7));
  EXPECT_THAT(three.split(0, 1).test, ElementsAre(4, 6, 8, 9, 11));
  EXPECT_THAT(three.split(0, 2).test, ElementsAre(10, 12, 13, 14, 15));
  const StratifiedKFold four({.shuffle = false, .folds = 4}, {.n = 16, .labels = labels}, 1);
  EXPECT_THAT(four.split(0, 0).test, ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(four.split(0, 1).test, ElementsAre(4, 5, 6, 7));
  EXPECT_THAT(four.split(0, 2).test, ElementsAre(8, 9, 11, 12));
  EXPECT_THAT(four.split(0, 3).test, ElementsAre(10, 13, 14, 15));
}

TEST(StratifiedKFold, AClassThatDoesNotOccurIsNoError) {
  const std::vector<std::int32_t> labels = {0, 2, 0, 2};
  const StratifiedKFold splitter({.folds = 2}, {.n = 4, .labels = labels}, 1);
  EXPECT_EQ(splitter.split(0, 1).test.size(), 2U);
}

TEST(StratifiedKFold, AClassRarerThanTheFoldsIsAConfigErrorThatNamesIt) {
  const std::vector<std::int32_t> labels = {0, 0, 0, 1, 1, 0};
  EXPECT_THAT([&] { StratifiedKFold({.folds = 3}, {.n = 6, .labels = labels}, 1); },
              ThrowsMessage<ConfigError>("class 1 has 2 samples for cv.folds = 3 (stratified folds need at least one "
                                         "each) use fewer folds or cv.method = \"kfold\""));
  const std::vector<std::string> names = {"no", "spec_rec"};
  EXPECT_THAT([&] { StratifiedKFold({.folds = 3}, {.n = 6, .labels = labels, .class_names = names}, 1); },
              ThrowsMessage<ConfigError>(testing::StartsWith("class 'spec_rec' has 2 samples")));
}

TEST(StratifiedKFold, WithoutClassesIsAConfigErrorThatSuggestsKfold) {
  EXPECT_THAT([] { StratifiedKFold({.folds = 3}, {.n = 6}, 1); },
              ThrowsMessage<ConfigError>(testing::EndsWith("use cv.method = \"kfold\"")));
}

TEST(StratifiedKFold, MoreFoldsThanSamplesIsAConfigError) {
  const std::vector<std::int32_t> labels = {0, 0};
  EXPECT_THAT([&] { StratifiedKFold({.folds = 3}, {.n = 2, .labels = labels}, 1); },
              ThrowsMessage<ConfigError>(testing::HasSubstr("cv.folds = 3 does not fit 2 samples")));
}

#ifdef JURY_CONTRACTS
TEST(StratifiedKFoldDeathTest, ANegativeLabelOrAMissingFoldBreaksTheContract) {
  const std::vector<std::int32_t> labels = {0, -1};
  EXPECT_DEATH(StratifiedKFold({.folds = 2}, {.n = 2, .labels = labels}, 1), "contract broken: strata");
  const std::vector<std::int32_t> fine = {0, 0};
  const StratifiedKFold splitter({.folds = 2}, {.n = 2, .labels = fine}, 1);
  EXPECT_DEATH(splitter.split(0, 2), "contract broken: fold < folds");
}
#endif

}  // namespace
}  // namespace jury
