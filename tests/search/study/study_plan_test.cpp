#include "search/study/study_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "runtime/base/error.hpp"
#include "support/scratch.hpp"
#include "support/small_study.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(StudyPlan, CountsEveryFitOnce) {
  const SmallStudy study;
  const auto keys = study.plan.tasks();
  // Two replicates of a single model and three members, three final members, two folds of three.
  EXPECT_EQ(keys.size(), 2U * (1 + 3) + 3 + 2 * 3);
  EXPECT_EQ(study.plan.num_fits(), keys.size());
  EXPECT_EQ(std::set<TaskKey>(keys.begin(), keys.end()).size(), keys.size());
  EXPECT_TRUE(std::ranges::is_sorted(keys));
}

TEST(StudyPlan, NoFitPredictsARowItTrainsOn) {
  Experiment experiment = small_experiment();
  experiment.data = {
      .train = std::string(JURY_TEST_DATA) + "/digits.csv.gz", .test_fraction = 0.1, .target = {"digit"}};
  const SmallStudy study(std::move(experiment));
  for (const TaskKey& key : study.plan.tasks()) {
    const FitRows rows = study.plan.rows(key);
    const std::set<std::uint32_t> trained(rows.draws.begin(), rows.draws.end());
    for (const auto* predicted : {&rows.valid, &rows.oob, &rows.test})
      for (const std::uint32_t row : *predicted) ASSERT_FALSE(trained.contains(row)) << to_string(key);
    // Folds differ by a row, estimates do not.
    EXPECT_NEAR(static_cast<double>(rows.draws.size()), static_cast<double>(study.plan.num_draws(key)), 1)
        << to_string(key);
  }
}

TEST(StudyPlan, ABagAndItsOutOfBagRowsMakeTheTrainingRows) {
  const SmallStudy study;
  const FitRows rows = study.plan.rows({.member = 1});
  std::set<std::uint32_t> all(rows.draws.begin(), rows.draws.end());
  all.insert(rows.oob.begin(), rows.oob.end());
  EXPECT_EQ(all.size(), study.dataset.num_train());
}

TEST(StudyPlan, RandomNumbersDoNotDependOnTheTrial) {
  const SmallStudy study;
  EXPECT_EQ(study.plan.rows({.trial = 0, .member = 1}).draws, study.plan.rows({.trial = 5, .member = 1}).draws);
  EXPECT_EQ(study.plan.stream(Purpose::init, {.trial = 0, .member = 1}),
            study.plan.stream(Purpose::init, {.trial = 5, .member = 1}));
}

TEST(StudyPlan, EveryFitHasStreamsOfItsOwn) {
  const SmallStudy study;
  std::set<std::uint64_t> streams;
  const auto keys = study.plan.tasks();
  for (const TaskKey& key : keys)
    for (const Purpose purpose : {Purpose::init, Purpose::shuffle, Purpose::dropout, Purpose::bootstrap})
      streams.insert(study.plan.stream(purpose, key));
  EXPECT_EQ(streams.size(), 4 * keys.size());
}

TEST(StudyPlan, MoreMembersLeaveTheFirstOnesAsTheyWere) {
  Experiment more = small_experiment();
  more.ensemble.members = 5;
  const SmallStudy small;
  const SmallStudy large(std::move(more));
  EXPECT_EQ(small.plan.rows({.member = 2}).draws, large.plan.rows({.member = 2}).draws);
}

TEST(StudyPlan, ABagOfGroupsHoldsThemWholeAndLeavesWholeOnesOut) {
  const Scratch folder;
  const std::string file = folder / "groups.csv";
  std::ofstream rows(file);
  rows << "x,who,kind\n";
  for (int i = 0; i < 60; ++i) rows << i << ",p" << i % 12 << (i % 5 < 2 ? ",in\n" : ",out\n");
  rows.close();
  Experiment experiment = small_experiment();
  experiment.data = {.train = file, .test_fraction = 0.1, .target = {"kind"}};
  experiment.data.group = "who";
  experiment.ensemble.bootstrap = "groups";
  const SmallStudy study(std::move(experiment));
  const auto groups = study.dataset.group();
  for (std::int32_t member = 0; member < 3; ++member) {
    const FitRows fit = study.plan.rows({.member = member});
    ASSERT_FALSE(fit.oob.empty());
    std::map<std::int32_t, std::set<std::ptrdiff_t>> draws_of;  // how often the rows of a group were drawn
    for (std::uint32_t row = 0; row < study.dataset.num_train(); ++row)
      draws_of[groups[row]].insert(std::ranges::count(fit.draws, row));
    for (const auto& [group, counts] : draws_of) EXPECT_EQ(counts.size(), 1U) << group;
  }
}

TEST(StudyPlan, BiasAndVarianceNeedATestSet) {
  Experiment experiment = small_experiment();
  experiment.data.test_rows = 0;
  EXPECT_THAT([&] { SmallStudy study(std::move(experiment)); },
              ThrowsMessage<ConfigError>(HasSubstr("needs a test set")));
}

TEST(StudyPlan, SomethingMustBeScored) {
  Experiment experiment = small_experiment();
  experiment.data.test_rows = 0;
  experiment.cv.reset();
  experiment.bias_variance.reset();
  experiment.final.refit = false;
  EXPECT_THAT([&] { SmallStudy study(std::move(experiment)); },
              ThrowsMessage<ConfigError>(HasSubstr("nothing would be scored")));
}

}  // namespace
}  // namespace jury
