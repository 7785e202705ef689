#include "search/study/jury_scores.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "runtime/store/hdf5_reader.hpp"
#include "search/study/results_file.hpp"
#include "search/study/summary.hpp"
#include "support/scratch.hpp"
#include "support/small_study.hpp"

namespace jury {
namespace {

TEST(ScoreIntervals, AreThereForEveryMetricOfTheReportedCombination) {
  for (const char* generator : {"ringnorm", "friedman1"}) {
    Experiment e = small_experiment();
    e.data.generator = generator;
    e.bias_variance.reset();
    SmallStudy study(std::move(e));
    const Fits fits = study.all_fits();
    const StudyResults results = compute_results(study.plan, fits);
    const std::string path = scratch() / "intervals.h5";
    write_results(path, study.plan, fits, results, {});
    const Hdf5Reader file(path);
    const Hdf5Array predictor = file.read("/ensemble/overall/predictor");
    for (const Metric* metric : results.scoring.metrics) {
      const std::string name = "/ensemble/overall/" + std::string(metric->name);
      const Hdf5Array score = file.read(name), low = file.read(name + ".ci_low"), high = file.read(name + ".ci_high");
      for (std::size_t row = 0; row < predictor.size(); ++row) {
        if (predictor.cell(row) != "mean") {
          EXPECT_TRUE(std::isnan(low.number(row)));
          continue;
        }
        EXPECT_LT(low.number(row), high.number(row)) << name;
        // Percentile intervals of resampled ece lie above it: fewer different rows are worse calibrated.
        if (metric->name == std::string_view("ece")) continue;
        EXPECT_LE(low.number(row), score.number(row)) << name;
        EXPECT_GE(high.number(row), score.number(row)) << name;
      }
    }
    EXPECT_EQ(file.read("/ensemble/overall/ci_low").number(0),
              file.read("/ensemble/overall/" + std::string(results.scoring.metrics[0]->name) + ".ci_low").number(0));
  }
}

// Ranks and counts of labels are no means over rows, and not among the scores that are always shown.
TEST(ScoreIntervals, AreThereForScoresThatAreNamed) {
  Experiment e = small_experiment();
  e.data.generator = "ringnorm";
  e.bias_variance.reset();
  e.cv->metrics = {"f1_macro", "roc_auc", "mcc", "top_2", "average_precision"};
  SmallStudy study(std::move(e));
  const StudyResults results = compute_results(study.plan, study.all_fits());
  ASSERT_EQ(results.scoring.metrics.size(), 5U);
  EXPECT_EQ(results.headline->metric, "f1_macro");
  EXPECT_TRUE(meets("roc_auc>=0.5", results));
  for (const JuryScores& jury : results.juries) {
    for (std::size_t k : {0U, 1U, 2U, 4U})
      EXPECT_LT(jury.intervals[k].low, jury.intervals[k].high) << results.scoring.metrics[k]->name;
    EXPECT_EQ(jury.intervals[3].low, 1) << "of two classes both are among two";
  }
  ASSERT_EQ(results.task_metrics.size(), 10U) << "the five that are always there, then those named";
  EXPECT_EQ(results.task_metrics.back()->name, "average_precision");
  for (const auto& [key, scores] : results.fits) {
    EXPECT_EQ(scores.train.size(), 5U);
    if (key.fold != TaskKey::kNone) {
      EXPECT_EQ(scores.valid.size(), 10U);
    }
  }
}

TEST(ScoreIntervals, OfAMeanOverRowsAreNotScoredAnew) {
  const std::vector<std::int32_t> labels = {0, 1, 0, 1, 1, 0};
  const std::vector<float> p = {0.9F, 0.1F, 0.3F, 0.7F, 0.4F, 0.6F, 0.2F, 0.8F, 0.6F, 0.4F, 0.8F, 0.2F};
  const Truth truth{.num_outputs = 2, .labels = labels};
  const Metric& accuracy = find_metric("accuracy");
  const Interval one = metric_interval(accuracy, truth, p, 3), any = any_metric_interval(accuracy, truth, p, 3);
  EXPECT_EQ(one.low, any.low);
  EXPECT_EQ(one.high, any.high);
  const Metric& balanced = find_metric("balanced_accuracy");
  EXPECT_TRUE(std::isnan(metric_interval(balanced, truth, p, 3).low));
  EXPECT_LT(any_metric_interval(balanced, truth, p, 3).low, any_metric_interval(balanced, truth, p, 3).high);
}

TEST(UnfinishedStudy, HasScoresAndDiversityOfTheMembersThatAreTrained) {
  SmallStudy study(small_experiment());
  Fits fits = study.all_fits();
  std::erase_if(fits, [](const auto& fit) { return fit.first.member >= 2; });
  const StudyResults results = compute_results(study.plan, fits);
  ASSERT_FALSE(results.juries.empty());
  for (const JuryScores& jury : results.juries) EXPECT_EQ(jury.by_size.size(), 2U) << jury.source;
  ASSERT_FALSE(results.diversity.empty());
  for (const StudyDiversity& line : results.diversity) EXPECT_EQ(line.num_members, 2U) << line.source;
}

}  // namespace
}  // namespace jury
