#include "search/study/trial_score.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "support/judged_study.hpp"
#include "support/searched_study.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TrialObjective objective(const char* metric, const char* source = "oof") {
  return {.metric = &find_metric(metric), .source = source};
}

Fits of_folds(const Fits& all, const std::function<bool(const TaskKey&)>& kept) {
  Fits some;
  for (const auto& [key, fit] : all)
    if (kept(key)) some.emplace(key, fit);
  return some;
}

Experiment folds_of(const char* settings) { return experiment_over(settings); }

TEST(TrialScore, IsWhatARunReports) {
  SmallStudy study(folds_of(
      R"j({"bias_variance": false, "ensemble": {"method": "bagging", "members": 3}, "cv": {"folds": 3, "repeats": 2}})j"));
  const Fits fits = study.all_fits();
  const TrialScore score = score_trial(study.plan, fits, {objective("log_loss"), objective("accuracy")});
  const StudyResults results = compute_results(study.plan, fits);
  const auto& metrics = results.scoring.metrics;
  for (std::size_t k = 0; k < metrics.size(); ++k) {
    EXPECT_EQ(score.scores[k], results.headline_scores[k]);
    if (metrics[k]->name == "log_loss") {
      EXPECT_EQ(score.objectives[0], results.headline_scores[k]);
    }
  }
  EXPECT_EQ(score.folds.size(), 6U);
  EXPECT_EQ(score.oof.size(), 2U);
  EXPECT_TRUE(std::isfinite(score.standard_error));
}

// The place of a fold in the list is that of its number, also where a whole repeat came to nothing.
TEST(TrialScore, FoldsThatNothingIsPredictedOfKeepTheirPlaces) {
  SmallStudy study(folds_of(R"j({"bias_variance": false, "cv": {"folds": 3, "repeats": 2}})j"));
  const Fits all = study.all_fits();
  const TrialScore score =
      score_trial(study.plan, of_folds(all, [](const TaskKey& key) { return key.repeat == 1 && key.fold != 2; }),
                  {objective("log_loss")});
  ASSERT_EQ(score.folds.size(), 6U);
  EXPECT_THAT(score.fold_predicted, testing::ElementsAre(false, false, false, true, true, false));
  const TrialScore whole = score_trial(study.plan, all, {objective("log_loss")});
  EXPECT_EQ(score.folds[3], whole.folds[3]);
  EXPECT_TRUE(std::isnan(score.folds[0]));
}

// One row has no area under a curve; all of them together do.
TEST(TrialScore, AScoreThatNoFoldDefinesIsOfAllRows) {
  SmallStudy study(
      folds_of(R"j({"bias_variance": false, "cv": {"method": "leave_p_out", "p": 46}, "data": {"rows": 48}})j"));
  (void)study;
  SmallStudy one(folds_of(R"j({"bias_variance": false, "cv": {"method": "leave_one_out"}, "data": {"rows": 12}})j"));
  const TrialScore score = score_trial(one.plan, one.all_fits(), {objective("roc_auc")});
  EXPECT_TRUE(std::isfinite(score.objectives.at(0)));
  EXPECT_THAT(score.fold_predicted, testing::Each(true));
}

TEST(TrialScore, OutOfBagScoresNeedNoFolds) {
  SmallStudy study(
      folds_of(R"j({"bias_variance": false, "cv": false, "ensemble": {"method": "bagging", "members": 5}})j"));
  const TrialScore score = score_trial(study.plan, study.all_fits(), {objective("brier", "oob")});
  EXPECT_TRUE(std::isfinite(score.objectives.at(0)));
  EXPECT_TRUE(score.folds.empty());
}

TEST(TrialScore, OfNothingIsNoNumber) {
  SmallStudy study(folds_of(R"j({"bias_variance": false})j"));
  const TrialScore score = score_trial(study.plan, {}, {objective("log_loss")});
  EXPECT_TRUE(std::isnan(score.objectives.at(0)));
}

TEST(ObjectivesOf, ThatCannotBeScoredAreRefused) {
  const auto refused = [](const std::string& settings, const std::string& search) {
    SmallStudy study(searched_experiment(settings, search));
    objectives_of(study.experiment, study.dataset);
  };
  EXPECT_THAT([&] { refused("", R"j({"objective": "oob.log_loss"})j"); },
              ThrowsMessage<ConfigError>(HasSubstr("out of their bags")));
  EXPECT_THAT([&] { refused(R"j({"cv": false})j", ""); },
              ThrowsMessage<ConfigError>(HasSubstr("a test set is not for choosing")));
  EXPECT_THAT([&] { refused("", R"j({"objective": "rmse"})j"); }, ThrowsMessage<ConfigError>(HasSubstr("rmse")));
  EXPECT_THAT([&] { refused("", R"j({"objective": "log_los"})j"); }, ThrowsMessage<ConfigError>(HasSubstr("log_loss")));
  EXPECT_THAT(
      [&] { refused(R"j({"ensemble": {"method": "bagging"}})j", R"j({"objective": ["log_loss", "oob.log_loss"]})j"); },
      ThrowsMessage<ConfigError>(HasSubstr("mixes")));
  EXPECT_THAT([&] { refused("", R"j({"objective": ["flops", "log_loss"]})j"); },
              ThrowsMessage<ConfigError>(HasSubstr("begins with a cost")));
}

}  // namespace
}  // namespace jury
