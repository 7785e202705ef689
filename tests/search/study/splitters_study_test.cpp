// What groups, times and repeats of one fold mean to a study: which rows its fits see and which it scores.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "runtime/base/error.hpp"
#include "runtime/store/hdf5_reader.hpp"
#include "search/study/fold_overlaps.hpp"
#include "search/study/json.hpp"
#include "search/study/results_file.hpp"
#include "support/grouped_rows.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

class SplittersStudy : public testing::Test {
 protected:
  Experiment experiment(const std::string& method, int copies = 0) const {
    return grouped_experiment(folder_.write("rows.csv", grouped_rows(copies)), method);
  }
  static std::set<std::int32_t> groups_of(const SmallStudy& study, std::span<const std::uint32_t> rows) {
    std::set<std::int32_t> groups;
    for (const std::uint32_t row : rows) groups.insert(study.dataset.group()[row]);
    return groups;
  }
  static void expect_apart(const std::set<std::int32_t>& a, const std::set<std::int32_t>& b) {
    for (const std::int32_t group : a) EXPECT_FALSE(b.contains(group)) << group;
  }

  Scratch folder_;
};

TEST_F(SplittersStudy, GroupsOfTheDataReachTheFolds) {
  for (const char* method : {"auto", "group_kfold", "stratified_group_kfold", "shuffle_split", "632plus",
                             "leave_one_group_out", "holdout"}) {
    SCOPED_TRACE(method);
    const SmallStudy study(experiment(method));
    for (const TaskKey& key : study.plan.predictors()) {
      const FitRows rows = study.plan.rows(key);
      expect_apart(groups_of(study, rows.draws), groups_of(study, rows.valid));
    }
    EXPECT_EQ(count_overlaps(study.plan).split_groups, 0U);
  }
}

TEST_F(SplittersStudy, InnerFoldsOfAStackKeepGroupsWhole) {
  for (const char* method : {"group_kfold", "kfold", "632plus"}) {
    SCOPED_TRACE(method);
    Experiment e = experiment(method);
    e.ensemble.method = "stacking";
    e.ensemble.stack.folds = 4;
    e.bases.resize(2);
    e.bases[0].model = e.bases[1].model = e.model;
    const SmallStudy study(std::move(e));
    for (TaskKey key : study.plan.predictors()) {
      std::set<std::uint32_t> left_out;
      for (key.base = key.member = 0, key.inner = 0; key.inner < 4; ++key.inner) {
        const FitRows rows = study.plan.rows(key);
        EXPECT_FALSE(rows.draws.empty() || rows.valid.empty());
        expect_apart(groups_of(study, rows.draws), groups_of(study, rows.valid));
        left_out.insert(rows.valid.begin(), rows.valid.end());
      }
      key.base = key.member = key.inner = TaskKey::kNone;
      const auto draws = study.plan.rows(key).draws;
      EXPECT_EQ(left_out, std::set<std::uint32_t>(draws.begin(), draws.end()));
    }
  }
}

TEST_F(SplittersStudy, MoreInnerFoldsThanGroupsIsAConfigError) {
  Experiment e = experiment("group_kfold");
  e.ensemble.method = "stacking";
  e.ensemble.stack.folds = 9;
  e.bases.resize(1);
  const SmallStudy study(std::move(e));
  EXPECT_THAT([&] { study.plan.rows({.repeat = 0, .fold = 0, .base = 0, .inner = 0, .member = 0}); },
              ThrowsMessage<ConfigError>(HasSubstr("ensemble.stack.folds = 9 does not fit 8 groups")));
}

// Time runs backwards over the rows, and persons are in all of it: the first to be seen is p11.
TEST_F(SplittersStudy, TimesOfTheDataReachTheFolds) {
  Experiment e = experiment("time_series");
  e.data.group.clear();
  e.data.ignore = {"who"};
  const SmallStudy study(std::move(e));
  const FitRows rows = study.plan.rows({.repeat = 0, .fold = 2});
  EXPECT_EQ(rows.valid.front(), 0U);
  EXPECT_EQ(rows.valid.size(), 12U);
  EXPECT_EQ(rows.draws.front(), 12U);
  EXPECT_EQ(rows.draws.size(), 36U);
}

TEST_F(SplittersStudy, RowsThatNoFoldTestsAreNotPredictedAndNotScored) {
  Experiment e = experiment("time_series");
  e.data.group.clear();
  e.data.ignore = {"who"};
  e.final.refit = true;
  e.final.calibrate = "sigmoid";
  SmallStudy study(std::move(e));
  const Fits fits = study.all_fits();
  const StudyResults results = compute_results(study.plan, fits);
  const JuryScores& oof = results.juries.front();
  for (std::uint32_t row = 0; row < 48; ++row)
    EXPECT_EQ(oof.counts[row], row < 36 ? 2 : 0) << row;  // the last 12 rows are the earliest
  EXPECT_TRUE(std::isfinite(results.headline->value));
  EXPECT_EQ(results.calibration.num_rows, 36U);

  const std::string path = folder_ / "results.h5";
  write_results(path, study.plan, fits, results, {});
  const auto part = as_doubles(Hdf5Reader(path).read("/splits/part"));
  ASSERT_EQ(part.size(), 3U * 48);
  EXPECT_EQ(std::ranges::count(part, 0.0), 24 + 12);  // what is later: of the first fold two parts, of the second one
}

TEST_F(SplittersStudy, OverlappingSplitsAreRepeatsWhoseMeanIsReported) {
  for (const auto& [method, splits] :
       {std::pair("shuffle_split", 6), {"stratified_shuffle_split", 6}, {"leave_p_out", 1128}}) {
    SCOPED_TRACE(method);
    Experiment e = experiment(method);
    if (std::string_view(method) != "leave_p_out") e.cv->repeats = 2;
    SmallStudy study(std::move(e));
    EXPECT_EQ(study.plan.num_repeats(), splits);
    EXPECT_EQ(study.plan.num_folds(), 1);
    if (splits > 100) continue;
    const StudyResults results = compute_results(study.plan, study.all_fits());
    ASSERT_EQ(results.folds.size(), 6U);
    double sum = 0;
    for (const FoldScores& fold : results.folds) sum += fold.scores.front();
    EXPECT_DOUBLE_EQ(results.headline->value, sum / 6);
  }
}

TEST_F(SplittersStudy, MoreRepeatsLeaveTheFirstSplitsAsTheyWere) {
  for (const char* method : {"shuffle_split", "stratified_shuffle_split", "632plus", "group_kfold"}) {
    Experiment more = experiment(method);
    more.cv->repeats = 2;
    const SmallStudy one(experiment(method)), two(std::move(more));
    EXPECT_EQ(one.plan.identity(), two.plan.identity());
    for (std::int32_t repeat = 0; repeat < one.plan.num_repeats(); ++repeat)
      EXPECT_EQ(one.plan.valid_rows(repeat, 0), two.plan.valid_rows(repeat, 0)) << method;
  }
}

TEST_F(SplittersStudy, StratifiedFoldsOfARegressionKeepTheQuantiles) {
  Experiment e = small_experiment();
  e.data.generator = "friedman1";
  e.data.rows = 60;
  e.cv->method = "stratified_kfold";
  e.cv->folds = 3;
  const SmallStudy study(std::move(e));
  std::vector<double> sorted(study.dataset.targets().begin(), study.dataset.targets().begin() + 60);
  std::ranges::sort(sorted);
  for (std::int32_t fold = 0; fold < 3; ++fold)
    EXPECT_EQ(std::ranges::count_if(study.plan.valid_rows(0, fold),
                                    [&](std::uint32_t row) { return study.dataset.targets()[row] < sorted[30]; }),
              10);
}

// 5 pairs of copies: with leave-one-out every one of the 10 rows is tested while its copy is trained on.
TEST_F(SplittersStudy, CopiesOfTestedRowsAmongThoseTrainedOnAreCounted) {
  for (const auto& [method, copies, counted] :
       {std::tuple("leave_one_out", 5, 10U), {"leave_one_out", 0, 0U}, {"time_series", 5, 5U}}) {
    SCOPED_TRACE(method);
    Experiment e = experiment(method, copies);
    e.data.group.clear();
    e.data.ignore = {"who"};
    SmallStudy study(std::move(e));
    EXPECT_EQ(count_overlaps(study.plan).duplicate_rows, counted);
  }
}

TEST_F(SplittersStudy, GroupsThatFoldsCutAreCounted) {
  SmallStudy study(experiment("leave_one_out"));
  EXPECT_EQ(count_overlaps(study.plan).split_groups, 12U);
  const Fits fits = study.all_fits();
  const std::string path = folder_ / "results.h5";
  write_results(path, study.plan, fits, compute_results(study.plan, fits), {});
  const Attributes attributes = Hdf5Reader(path).attributes("/splits");
  ASSERT_NE(find_attribute(attributes, "split_groups"), nullptr);
  EXPECT_EQ(std::get<std::int64_t>(*find_attribute(attributes, "split_groups")), 12);
  EXPECT_EQ(std::get<std::int64_t>(*find_attribute(attributes, "duplicate_rows")), 0);
}

TEST_F(SplittersStudy, MethodsThatNeedGroupsSaySo) {
  Experiment e = experiment("leave_one_group_out");
  e.data.group.clear();
  EXPECT_THAT([&] { SmallStudy study(std::move(e)); },
              ThrowsMessage<ConfigError>(HasSubstr("has no groups to keep whole")));
}

}  // namespace
}  // namespace jury
