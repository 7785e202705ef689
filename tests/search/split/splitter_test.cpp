#include "search/split/splitter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "runtime/base/error.hpp"
#include "search/split/split_laws.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

const std::vector<std::int32_t> kLabels = skewed_labels(60, 2, 1);
const std::vector<std::int32_t> kFolds = skewed_labels(60, 5, 2);

// The samples of a method's cases: those of the big one are too many to leave p of them out.
std::vector<SplitCase> cases_for(std::string_view method) {
  std::vector<SplitCase> cases = {make_case(40, 12, 2, 1), make_case(41, 9, 0, 2), make_case(60, 30, 3, 3)};
  if (method != "leave_p_out") cases.push_back(make_case(203, 50, 2, 4));
  if (method.find("group") == std::string_view::npos) {
    cases.push_back(make_case(40, 0, 2, 5));
    cases.push_back(make_case(37, 0, 0, 6));
  }
  return cases;
}

std::unique_ptr<Splitter> make(std::string_view method, const SplitCase& one, std::uint64_t seed = 1,
                               std::int32_t outer = -1) {
  SplitInput input = one.input();
  const std::vector<std::int32_t> fold = skewed_labels(one.n, 5, 2);
  if (method == "predefined") input.fold = fold;
  input.outer = outer;
  return make_splitter({.method = std::string(method), .folds = 4}, input, seed);
}

std::unique_ptr<Splitter> make(std::string_view method, std::uint64_t seed = 1, std::int32_t outer = -1) {
  return make(method, {.n = 60, .labels = kLabels, .groups = kFolds}, seed, outer);
}

template <class Check>
void for_each_case(Check&& check) {
  for (const SplitterEntry& line : splitters()) {
    SCOPED_TRACE(line.name);
    for (const SplitCase& one : cases_for(line.name)) check(line.name, one, *make(line.name, one));
  }
}

bool is_bootstrap(std::string_view method) { return CvOptions{.method = std::string(method)}.is_bootstrap(); }

TEST(Splitters, SplitIntoTwoNonEmptyDisjointAscendingParts) {
  for_each_case([](std::string_view method, const SplitCase& one, const Splitter& splitter) {
    for (const Split& split : all_splits(splitter)) {
      std::vector<int> side(one.n);
      for (const SampleIndex i : split.train) side[i] = 1;
      for (const SampleIndex i : split.test) side[i] += 2;
      EXPECT_EQ(std::ranges::count(side, 3), 0);
      EXPECT_FALSE(split.train.empty() || split.test.empty());
      EXPECT_TRUE(std::ranges::is_sorted(split.train) && std::ranges::is_sorted(split.test));
      EXPECT_EQ(std::ranges::adjacent_find(split.test), split.test.end());
      EXPECT_EQ(std::ranges::adjacent_find(split.train) == split.train.end(), !is_bootstrap(method));
      if (method != "time_series") {
        EXPECT_EQ(std::ranges::count(side, 0), 0) << "a sample is in neither part";
      }
    }
  });
}

TEST(Splitters, TestASampleAtMostOnceInARepeatAndTheFoldsOfKMethodsCoverAll) {
  for_each_case([](std::string_view method, const SplitCase& one, const Splitter& splitter) {
    std::vector<int> tested(one.n);
    for (const Split& split : all_folds(splitter, 0))
      for (const SampleIndex i : split.test) ++tested[i];
    EXPECT_LE(std::ranges::max(tested), 1);
    const bool covers =
        method.find("kfold") != std::string_view::npos || method.find("leave_one") == 0 || method == "predefined";
    if (covers) {
      EXPECT_THAT(tested, testing::Each(1));
    }
  });
}

TEST(Splitters, OfWholeGroupsHaveNoneInBothParts) {
  for_each_case([](std::string_view method, const SplitCase& one, const Splitter& splitter) {
    for (const std::string_view splits_groups :
         {"kfold", "stratified_kfold", "leave_one_out", "leave_p_out", "stratified_shuffle_split", "predefined"})
      if (method == splits_groups) return;
    if (one.groups.empty()) return;
    for (const Split& split : all_splits(splitter)) {
      std::set<std::int32_t> trained;
      for (const SampleIndex i : split.train) trained.insert(one.groups[i]);
      for (const SampleIndex i : split.test) EXPECT_FALSE(trained.contains(one.groups[i]));
    }
  });
}

TEST(Splitters, DependOnSeedOuterFoldAndRepeatAlone) {
  const SplitCase one = make_case(60, 30, 2, 7);
  for (const SplitterEntry& line : splitters()) {
    SCOPED_TRACE(line.name);
    const auto splits = [&](std::size_t repeat, std::uint64_t seed = 1, std::int32_t outer = -1) {
      std::vector<std::vector<SampleIndex>> tested;
      for (Split& split : all_folds(*make(line.name, one, seed, outer), repeat))
        tested.push_back(std::move(split.test));
      return tested;
    };
    EXPECT_EQ(splits(0), splits(0));
    // Nothing in these is random.
    const bool is_fixed = line.name == "predefined" || line.name == "time_series" || line.name.find("leave_") == 0;
    EXPECT_EQ(splits(0) == splits(0, 2), is_fixed);
    EXPECT_EQ(splits(0) == splits(0, 1, 0), is_fixed);
    if (!is_fixed) {
      EXPECT_NE(splits(0), splits(1));
    }
    if (is_fixed) {
      EXPECT_THAT(
          [&] {
            make_splitter(
                {.method = std::string(line.name), .folds = 4, .repeats = 2},
                [&] {
                  SplitInput input = one.input();
                  input.fold = line.name == "predefined" ? std::span(kFolds) : std::span<const std::int32_t>();
                  return input;
                }(),
                1);
          },
          ThrowsMessage<ConfigError>(HasSubstr("cv.repeats = 2 would repeat the same folds")));
    }
  }
}

TEST(Splitters, KnowHowManyTheyTrainOnToWithinOne) {
  for_each_case([](std::string_view, const SplitCase&, const Splitter& splitter) {
    for (std::size_t fold = 0; fold < splitter.num_folds(); ++fold)
      EXPECT_NEAR(static_cast<double>(splitter.num_train(0, fold)),
                  static_cast<double>(splitter.split(0, fold).train.size()), 1);
  });
}

TEST(Splitters, KeepNoSpanOfTheirInput) {
  std::vector<std::int32_t> labels = kLabels;
  const auto splitter = make_splitter({.method = "stratified_kfold", .folds = 4}, {.n = 60, .labels = labels}, 1);
  std::ranges::fill(labels, 0);
  EXPECT_EQ(splitter->split(0, 1).test, make("stratified_kfold")->split(0, 1).test);
}

TEST(Splitters, AutoStratifiesWhereThereAreClasses) {
  const SplitCase classes{.n = 60, .labels = kLabels};
  EXPECT_EQ(make("auto", classes)->split(0, 0).test, make("stratified_kfold", classes)->split(0, 0).test);
  EXPECT_EQ(make_splitter({.folds = 4}, {.n = 60}, 1)->split(0, 0).test, make("kfold")->split(0, 0).test);
}

TEST(Splitters, AutoKeepsGroupsWholeWhereThereAreGroups) {
  EXPECT_EQ(make("auto")->split(0, 0).test, make("stratified_group_kfold")->split(0, 0).test);
  const SplitCase values{.n = 60, .groups = kFolds};
  EXPECT_EQ(make("auto", values)->split(0, 0).test, make("group_kfold", values)->split(0, 0).test);
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
