#include "search/study/study_results.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "runtime/store/hdf5_diff.hpp"
#include "search/study/results_file.hpp"
#include "search/study/study_subject.hpp"
#include "support/scratch.hpp"
#include "support/small_study.hpp"

namespace jury {
namespace {

std::vector<Record> all_records(SmallStudy& study) {
  std::vector<Record> records;
  for (const TaskKey& key : study.plan.tasks()) records.push_back(study.evaluate(key));
  return records;
}

// Fits as the source collects them when records arrive in this order.
Fits collect(const StudyPlan& plan, const std::vector<Record>& records) {
  const BlobStore blobs(scratch() / "blobs");
  StudySource source(plan, blobs, no_checkpoints(), {100});
  source.take_ready();
  for (const Record& record : records) source.done(record);
  return source.fits();
}

std::string write(const std::string& name, const StudyPlan& plan, const Fits& fits) {
  const std::string path = scratch() / name;
  write_results(path, plan, fits, compute_results(plan, fits), {});
  return path;
}

TEST(StudyResults, DoNotDependOnTheOrderOfArrival) {
  SmallStudy study;
  std::vector<Record> records = all_records(study);
  const std::string forward = write("forward.h5", study.plan, collect(study.plan, records));
  std::ranges::reverse(records);
  const std::string backward = write("backward.h5", study.plan, collect(study.plan, records));
  EXPECT_TRUE(diff_results(Hdf5Reader(forward), Hdf5Reader(backward)).empty());
}

TEST(StudyResults, CountAndScoreEverything) {
  SmallStudy study;
  const StudyResults results = compute_results(study.plan, collect(study.plan, all_records(study)));
  EXPECT_TRUE(results.complete());
  EXPECT_EQ(results.num_complete, study.plan.num_fits());
  EXPECT_EQ(results.folds.size(), 2U);
  ASSERT_TRUE(results.headline.has_value());
  EXPECT_EQ(results.headline->source, "oof");
  EXPECT_GT(results.headline->value, 0.6);
  EXPECT_LE(results.bias_variance.largest_residual(), kLargestResidual);
}

TEST(StudyResults, AnEnsembleOfOneIsItsMember) {
  Experiment experiment = small_experiment();
  experiment.ensemble.method = "none";
  experiment.ensemble.members = 1;
  SmallStudy study(std::move(experiment));
  const StudyResults results = compute_results(study.plan, collect(study.plan, all_records(study)));
  EXPECT_EQ(results.headline->value, results.headline->member_best);
}

TEST(StudyResults, WorkWithWhatIsThere) {
  SmallStudy study;
  std::vector<Record> records = all_records(study);
  records.resize(3);
  const Fits fits = collect(study.plan, records);
  const StudyResults results = compute_results(study.plan, fits);
  EXPECT_FALSE(results.complete());
  EXPECT_NO_THROW(write("some.h5", study.plan, fits));
  EXPECT_NO_THROW(write("none.h5", study.plan, {}));
}

TEST(StudyResults, ADivergedMemberIsLeftOut) {
  SmallStudy study;
  std::vector<Record> records = all_records(study);
  for (Record& record : records) {
    if (record.key != TaskKey{.repeat = 0, .fold = 0, .member = 1}) continue;
    record.state = TaskState::diverged;
    record.payload = to_bytes(TaskResult{});
  }
  const Fits fits = collect(study.plan, records);
  const StudyResults results = compute_results(study.plan, fits);
  EXPECT_EQ(results.num_diverged, 1U);
  EXPECT_TRUE(std::isfinite(results.headline->value));
  EXPECT_FALSE(too_many_failed(study.plan, fits));
}

TEST(TooManyFailed, WhenOneJuryHasNoMemberLeft) {
  SmallStudy study;
  std::vector<Record> records = all_records(study);
  for (Record& record : records)
    if (record.key.fold == 0) record.state = TaskState::failed;
  EXPECT_TRUE(too_many_failed(study.plan, collect(study.plan, records)));
}

TEST(StudySource, TakesWhatIsFinalAndRepeatsTheRest) {
  SmallStudy study;
  const BlobStore blobs(scratch() / "blobs");
  StudySource source(study.plan, blobs, no_checkpoints(), {100});
  Record complete = study.evaluate({.member = 0});
  Record failed = study.evaluate({.member = 1});
  failed.state = TaskState::failed;
  Record foreign = complete;
  foreign.key.member = 77;
  for (const Record& record : {complete, failed, foreign}) source.restore(record);
  const auto ready = source.take_ready();
  EXPECT_EQ(ready.size(), study.plan.num_fits() - 1);
  EXPECT_TRUE(source.take_ready().empty());
  EXPECT_GT(source.work_done(), 0);
  EXPECT_LT(source.work_done(), 0.5);
}

TEST(SizesToLookAt, StartWithOneAndEndWithAll) {
  EXPECT_THAT(sizes_to_look_at(1), testing::ElementsAre(1));
  EXPECT_THAT(sizes_to_look_at(3), testing::ElementsAre(1, 2, 3));
  EXPECT_EQ(sizes_to_look_at(100).back(), 100);
  EXPECT_LT(sizes_to_look_at(1000).size(), 40U);
}

}  // namespace
}  // namespace jury
