#include "search/split/splitter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "runtime/base/error.hpp"
#include "search/split/split_laws.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

const std::vector<std::int32_t> kLabels = skewed_labels(60, 2, 1);
const std::vector<std::int32_t> kFolds = skewed_labels(60, 5, 2);

std::unique_ptr<Splitter> make(std::string_view method, std::uint64_t seed = 1, std::int32_t outer = -1) {
  return make_splitter({.method = std::string(method)}, {.n = 60, .labels = kLabels, .fold = method == "predefined" ? std::span(kFolds) : std::span<const std::int32_t>(), .outer = outer},
                       seed);
}

TEST(Splitters, SplitIntoTwoNonEmptyDisjointPartsThatCoverTheSamples) {
  for (const SplitterEntry& line : splitters()) {
    for (const Split& split : all_folds(*make(line.name))) {
      std::vector<int> seen(60);
      for (const SampleIndex i : split.train) ++seen[i];
      for (const SampleIndex i : split.test) ++seen[i];
      EXPECT_THAT(seen, testing::Each(1)) << line.name;
      EXPECT_FALSE(split.train.empty() || split.test.empty()) << line.name;
    }
  }
}

TEST(Splitters, DependOnSeedOuterFoldAndRepeatAlone) {
  for (const SplitterEntry& line : splitters()) {
    if (line.name == "predefined") continue;  // on none of them
    const auto test = make(line.name)->split(0, 0).test;
    EXPECT_EQ(test, make(line.name)->split(0, 0).test) << line.name;
    EXPECT_NE(test, make(line.name)->split(1, 0).test) << line.name;
    EXPECT_NE(test, make(line.name, 2)->split(0, 0).test) << line.name;
    EXPECT_NE(test, make(line.name, 1, 0)->split(0, 0).test) << line.name;
  }
}

TEST(Splitters, KnowHowManyTheyTrainOnToWithinOne) {
  for (const SplitterEntry& line : splitters()) {
    const auto splitter = make(line.name);
    for (std::size_t fold = 0; fold < splitter->num_folds(); ++fold)
      EXPECT_NEAR(static_cast<double>(splitter->num_train(0, fold)), static_cast<double>(splitter->split(0, fold).train.size()), 1)
          << line.name;
  }
}

TEST(Splitters, KeepNoSpanOfTheirInput) {
  std::vector<std::int32_t> labels = kLabels;
  const auto splitter = make_splitter({.method = "stratified_kfold"}, {.n = 60, .labels = labels}, 1);
  std::ranges::fill(labels, 0);
  EXPECT_EQ(splitter->split(0, 1).test, make("stratified_kfold")->split(0, 1).test);
}

TEST(Splitters, AutoStratifiesWhereThereAreClasses) {
  EXPECT_EQ(make("auto")->split(0, 0).test, make("stratified_kfold")->split(0, 0).test);
  EXPECT_EQ(make_splitter({}, {.n = 60}, 1)->split(0, 0).test, make("kfold")->split(0, 0).test);
}

TEST(Splitters, AnUnknownMethodIsAConfigErrorWithTheNearest) {
  EXPECT_THAT([] { make("k_fold"); },
              ThrowsMessage<ConfigError>("cv.method = \"k_fold\" is unknown did you mean 'kfold'?"));
}

TEST(Splitters, RepeatsWithoutShuffleAreAConfigError) {
  EXPECT_THAT([] { make_splitter({.shuffle = false, .repeats = 2}, {.n = 60}, 1); },
              ThrowsMessage<ConfigError>(HasSubstr("cv.repeats = 2 would repeat the same folds")));
}

#ifdef JURY_CONTRACTS
TEST(SplittersDeathTest, LabelsOfAnotherLengthBreakTheContract) {
  EXPECT_DEATH(make_splitter({}, {.n = 59, .labels = kLabels}, 1), "contract broken: input.labels");
  EXPECT_DEATH(make_splitter({}, {.n = 59, .groups = kLabels}, 1), "contract broken: input.groups");
}
#endif

}  // namespace
}  // namespace jury
