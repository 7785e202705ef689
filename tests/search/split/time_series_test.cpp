#include "search/split/time_series.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "runtime/base/error.hpp"
#include "search/split/split_laws.hpp"

namespace jury {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

struct Fold {
  std::size_t first_trained, end_trained, first_tested, end_tested;
};

void expect_runs(const CvOptions& options, const std::vector<Fold>& folds) {
  const TimeSeries splitter(options, {.n = 13}, 1);
  ASSERT_EQ(splitter.num_folds(), folds.size());
  for (std::size_t f = 0; f < folds.size(); ++f) {
    std::vector<SampleIndex> train, test;
    for (std::size_t i = folds[f].first_trained; i < folds[f].end_trained; ++i)
      train.push_back(static_cast<SampleIndex>(i));
    for (std::size_t i = folds[f].first_tested; i < folds[f].end_tested; ++i)
      test.push_back(static_cast<SampleIndex>(i));
    EXPECT_EQ(splitter.split(0, f).train, train) << f;
    EXPECT_EQ(splitter.split(0, f).test, test) << f;
  }
}

// The folds of scikit-learn 1.2.1, TimeSeriesSplit with n_splits, gap, max_train_size and test_size, of 13 samples.
TEST(TimeSeries, AgreesWithScikitLearn) {
  expect_runs({.folds = 3}, {{0, 4, 4, 7}, {0, 7, 7, 10}, {0, 10, 10, 13}});
  expect_runs({.folds = 3, .gap = 2}, {{0, 2, 4, 7}, {0, 5, 7, 10}, {0, 8, 10, 13}});
  expect_runs({.folds = 3, .window = 4}, {{0, 4, 4, 7}, {3, 7, 7, 10}, {6, 10, 10, 13}});
  expect_runs({.folds = 2, .gap = 1, .test_size = 2}, {{0, 8, 9, 11}, {0, 10, 11, 13}});
}

TEST(TimeSeries, TrainsOnNothingThatIsNotEarlierThanTheGapAndTheTest) {
  for (const std::int32_t gap : {0, 1, 3}) {
    for (const std::int32_t window : {0, 5}) {
      for (const std::size_t groups : {0U, 15U}) {
        for (std::uint64_t key = 0; key < 10; ++key) {
          const SplitCase one = make_case(60, groups, 2, key);
          const TimeSeries splitter({.folds = 2, .gap = gap, .window = window, .test_size = 1}, one.input(), 1);
          for (const Split& split : all_folds(splitter)) {
            double last = -1;
            for (const SampleIndex i : split.train) last = std::max(last, one.times[i]);
            std::set<double> between;  // times that are neither before nor in the test
            double first = 1e9;
            for (const SampleIndex i : split.test) first = std::min(first, one.times[i]);
            EXPECT_LT(last, first);
            for (const double time : one.times)
              if (time > last && time < first) between.insert(time);
            if (groups == 0) {
              EXPECT_EQ(between.size(), static_cast<std::size_t>(gap));
            }
            if (groups == 0 && window > 0) {
              std::set<double> trained;
              for (const SampleIndex i : split.train) trained.insert(one.times[i]);
              EXPECT_EQ(trained.size(), 5U);
            }
          }
        }
      }
    }
  }
}

TEST(TimeSeries, SamplesOfOneTimeStayTogether) {
  const std::vector<double> times = {2, 0, 1, 1, 2, 0, 1, 3};
  const TimeSeries splitter({.folds = 1, .test_size = 2}, {.n = 8, .times = times}, 1);
  EXPECT_THAT(splitter.split(0, 0).train, ElementsAre(1, 2, 3, 5, 6));
  EXPECT_THAT(splitter.split(0, 0).test, ElementsAre(0, 4, 7));
}

// Group 0 is seen until time 5, when group 1 has begun: what it has from then on is in neither part.
TEST(TimeSeries, AGroupIsNeverInBothParts) {
  const std::vector<std::int32_t> groups = {0, 0, 1, 0, 1, 2};
  const std::vector<double> times = {0, 1, 2, 5, 6, 7};
  const TimeSeries splitter({.folds = 2}, {.n = 6, .groups = groups, .times = times}, 1);
  EXPECT_THAT(splitter.split(0, 0).train, ElementsAre(0, 1));
  EXPECT_THAT(splitter.split(0, 0).test, ElementsAre(2, 4));
  EXPECT_THAT(splitter.split(0, 1).train, ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(splitter.split(0, 1).test, ElementsAre(5));
}

TEST(TimeSeries, FoldsThatDoNotFitAreConfigErrors) {
  EXPECT_THAT([] { TimeSeries({.folds = 5}, {.n = 5}, 1); },
              ThrowsMessage<ConfigError>(
                  "cv.folds = 5 of 1 tested leave nothing of 5 samples to train on (the first fold trains on what is "
                  "before) use fewer folds"));
  EXPECT_THAT([] { TimeSeries({.folds = 3, .gap = 4}, {.n = 13}, 1); },
              ThrowsMessage<ConfigError>(HasSubstr("and cv.gap = 4 leave nothing")));
  EXPECT_THAT([] { TimeSeries({.folds = 3, .test_size = 5}, {.n = 13}, 1); },
              ThrowsMessage<ConfigError>(HasSubstr("or a smaller cv.test_size")));
  const std::vector<std::int32_t> groups = {0, 1, 2, 3};
  const std::vector<double> times = {7, 7, 7, 7};  // all groups begin together
  EXPECT_THAT([&] { TimeSeries({.folds = 2}, {.n = 4, .groups = groups, .times = times}, 1); },
              ThrowsMessage<ConfigError>(HasSubstr("leaves fold 0 nothing to train on")));
}

}  // namespace
}  // namespace jury
