// Intervals and sets come from predictions of unseen rows, and say what they promise and met.
#include "search/study/study_conformal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "runtime/store/hdf5_reader.hpp"
#include "search/study/results_file.hpp"
#include "search/study/study_calibration.hpp"
#include "search/study/study_checks.hpp"
#include "search/study/summary.hpp"
#include "search/study/truth_of.hpp"
#include "support/judged_study.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

Experiment conformal_experiment(const std::string& generator, const std::string& method) {
  Experiment e = small_experiment();
  e.bias_variance.reset();
  e.data.generator = generator;
  e.final.conformal = method;
  e.final.coverage = 0.8;
  return e;
}

TEST(StudyConformal, SplitTakesTheMeanThresholdOverRepeats) {
  for (const char* score : {"lac", "aps"}) {
    Experiment experiment = conformal_experiment("twonorm", "split");
    experiment.final.conformal_score = score;
    experiment.cv->repeats = 2;
    SmallStudy study(std::move(experiment));
    const StudyResults results = compute_results(study.plan, fits_of(study));
    const TruthOf truth(study.plan, training_rows(study.plan));
    const ConformalScore of = results.conformal.choice.score;
    EXPECT_EQ(name(of), score);
    double mean = 0;
    for (std::int32_t repeat = 0; repeat < 2; ++repeat)
      mean +=
          SplitConformal(truth.truth(), jury_of(results, "oof", repeat).reported, {of, 1 - 0.8}).thresholds()[0] / 2;
    ASSERT_EQ(results.conformal.thresholds.size(), 1U);
    EXPECT_DOUBLE_EQ(results.conformal.thresholds[0], mean);
    EXPECT_EQ(results.conformal.sets, SplitConformal(of, combination_shape(study.plan, 0), results.conformal.thresholds)
                                          .sets(jury_of(results, "test").reported));
    EXPECT_EQ(results.conformal.coverage.count, 30U);
    EXPECT_EQ(results.conformal.guarantee, 0.8);
  }
}

TEST(StudyConformal, SplitWithoutFoldsIsCalibratedOutOfBag) {
  Experiment experiment = conformal_experiment("friedman1", "split");
  experiment.cv.reset();
  SmallStudy study(std::move(experiment));
  const StudyResults results = compute_results(study.plan, fits_of(study));
  EXPECT_EQ(results.conformal.source, "oob");
  const TruthOf truth(study.plan, training_rows(study.plan));
  const SplitConformal expected(truth.truth(), jury_of(results, "oob").reported, {ConformalScore::absolute, 1 - 0.8});
  EXPECT_EQ(results.conformal.thresholds[0], expected.thresholds()[0]);
  ASSERT_EQ(results.conformal.intervals.size(), 30U);
  const auto value = static_cast<double>(jury_of(results, "test").reported[4]);
  EXPECT_DOUBLE_EQ(results.conformal.intervals[4].low, value - expected.thresholds()[0]);
  EXPECT_DOUBLE_EQ(results.conformal.intervals[4].high, value + expected.thresholds()[0]);
}

TEST(StudyConformal, OfCalibratedPredictionsIsMadeOfThem) {
  Experiment experiment = conformal_experiment("twonorm", "split");
  experiment.final.calibrate = "sigmoid";
  SmallStudy study(std::move(experiment));
  const StudyResults results = compute_results(study.plan, fits_of(study));
  EXPECT_EQ(results.conformal.predictor, "calibrated");
  const TruthOf truth(study.plan, training_rows(study.plan));
  const SplitConformal expected(truth.truth(), jury_of(results, "oof", 0).calibrated, {ConformalScore::lac, 1 - 0.8});
  EXPECT_EQ(results.conformal.thresholds[0], expected.thresholds()[0]);
  EXPECT_EQ(results.conformal.sets, expected.sets(jury_of(results, "test").calibrated));
}

// The definition, by members that are averaged anew for each pair of training and test row.
TEST(StudyConformal, JackknifePlusLeavesOutTheMembersThatSawARow) {
  Experiment experiment = conformal_experiment("friedman1", "auto");
  experiment.ensemble.members = 8;
  SmallStudy study(std::move(experiment));
  const Fits fits = fits_of(study);
  const StudyResults results = compute_results(study.plan, fits);
  ASSERT_EQ(results.conformal.choice.method, "jackknife_plus");
  EXPECT_NEAR(results.conformal.guarantee, 0.6, 1e-12);
  const TruthOf truth(study.plan, training_rows(study.plan));
  const std::vector<float>& oob = jury_of(results, "oob").mean;
  for (std::size_t row = 0; row < 30; ++row) {
    std::vector<double> low, high;
    for (std::uint32_t i = 0; i < 40; ++i) {
      double sum = 0, count = 0;
      for (std::int32_t m = 0; m < 8; ++m) {
        const auto draws = study.plan.rows({.member = m}).draws;
        if (std::ranges::find(draws, i) != draws.end()) continue;
        sum += static_cast<double>(fits.at({.member = m}).result.test[row]);
        ++count;
      }
      if (count == 0) continue;
      const double residual = std::abs(truth.values()[i] - static_cast<double>(oob[i]));
      low.push_back(sum / count - residual);
      high.push_back(sum / count + residual);
    }
    std::ranges::sort(low);
    std::ranges::sort(high);
    const auto n = static_cast<double>(low.size());
    const auto first = static_cast<std::size_t>(std::floor(0.2 * (n + 1) + 1e-9)), last = low.size() + 1 - first;
    EXPECT_NEAR(results.conformal.intervals[row].low, low[first - 1], 1e-5) << row;
    EXPECT_NEAR(results.conformal.intervals[row].high, high[last - 1], 1e-5) << row;
  }
}

TEST(StudyConformal, HoldsAboutAsManyTruthsAsItWasAsked) {
  for (const auto& [generator, method] :
       {std::pair("twonorm", "split"), std::pair("friedman1", "split"), std::pair("friedman1", "jackknife_plus")}) {
    Experiment experiment = conformal_experiment(generator, method);
    experiment.data.rows = 200;
    experiment.data.test_rows = 400;
    experiment.final.conformal_score = generator == std::string("twonorm") ? "aps" : "auto";
    SmallStudy study(std::move(experiment));
    const StudyResults results = compute_results(study.plan, fits_of(study));
    // 400 test rows deviate by 0.02, the threshold from 200 rows by 0.03; aps ties, and holds more.
    EXPECT_GT(results.conformal.coverage.coverage, 0.8 - 0.1) << generator << method;
    EXPECT_LT(results.conformal.coverage.coverage, generator == std::string("friedman1") ? 0.8 + 0.1 : 1.0)
        << generator << method;
  }
}

TEST(StudyConformal, AutoIsJackknifePlusOnlyAroundTheReportedMeanOfBags) {
  struct Case {
    const char* generator;
    const char* ensemble;
    const char* combine;
    const char* score;
    const char* method;
    ConformalScore chosen;
  };
  for (const Case& one : {Case{"friedman1", "bagging", "mean", "auto", "jackknife_plus", ConformalScore::absolute},
                          Case{"friedman1", "bagging", "mean", "absolute", "jackknife_plus", ConformalScore::absolute},
                          Case{"friedman1", "bagging", "median", "auto", "split", ConformalScore::absolute},
                          Case{"friedman1", "average", "mean", "auto", "split", ConformalScore::absolute},
                          Case{"twonorm", "bagging", "mean", "auto", "split", ConformalScore::lac},
                          Case{"twonorm", "bagging", "mean", "aps", "split", ConformalScore::aps}}) {
    Experiment experiment = conformal_experiment(one.generator, "auto");
    experiment.ensemble.method = one.ensemble;
    experiment.ensemble.combine = {one.combine};
    experiment.final.conformal_score = one.score;
    SmallStudy study(std::move(experiment));
    const ConformalChoice choice = conformal_choice(study.plan, scoring_of(study.experiment, study.dataset));
    EXPECT_EQ(choice.method, one.method);
    EXPECT_EQ(choice.score, one.chosen);
  }
}

TEST(StudyConformal, OfPredictedVariancesIsNormalised) {
  Experiment experiment = conformal_experiment("friedman1", "split");
  experiment.model.output = "mean_variance";
  SmallStudy study(std::move(experiment));
  const StudyResults results = compute_results(study.plan, fits_of(study));
  EXPECT_EQ(results.conformal.choice.score, ConformalScore::normalised);
  const std::vector<float>& test = jury_of(results, "test").reported;
  for (const std::size_t row : {0U, 29U}) {
    const Interval& interval = results.conformal.intervals[row];
    const double deviation = std::sqrt(static_cast<double>(test[2 * row + 1]));
    EXPECT_NEAR(interval.high - interval.low, 2 * results.conformal.thresholds[0] * deviation, 1e-9);
  }
}

TEST(StudyConformal, ThatCannotBeIsAnErrorBeforeAnyTraining) {
  struct Case {
    const char* generator;
    const char* method;
    const char* score;
    const char* ensemble;
    bool has_cv, refit;
    const char* message;
  };
  for (const Case& one : {
           Case{"twonorm", "split", "auto", "bagging", true, false, "needs the final ensemble"},
           Case{"twonorm", "split", "auto", "average", false, true, "has nothing to be calibrated by"},
           Case{"twonorm", "jackknife_plus", "auto", "bagging", true, true, "makes intervals of values"},
           Case{"friedman1", "jackknife_plus", "auto", "average", true, true,
                "needs members with rows out of their bags"},
           Case{"friedman1", "jackknife_plus", "normalised", "bagging", true, true, "knows absolute errors alone"},
           Case{"friedman1", "split", "normalised", "bagging", true, true, "need predicted variances"},
           Case{"friedman1", "split", "lac", "bagging", true, true, "do not suit regression"},
           Case{"twonorm", "split", "absolute", "bagging", true, true, "do not suit classification"},
       }) {
    Experiment experiment = conformal_experiment(one.generator, one.method);
    experiment.final.conformal_score = one.score;
    experiment.ensemble.method = one.ensemble;
    if (!one.has_cv) experiment.cv.reset();
    experiment.final.refit = one.refit;
    SmallStudy study(std::move(experiment));
    EXPECT_THAT([&] { check_study(study.plan); }, ThrowsMessage<ConfigError>(HasSubstr(one.message)));
  }
}

TEST(StudyConformal, IsWrittenWithWhatItPromisesAndMet) {
  for (const char* method : {"split", "jackknife_plus"}) {
    SmallStudy study(conformal_experiment("friedman1", method));
    const Fits fits = fits_of(study);
    const StudyResults results = compute_results(study.plan, fits);
    const std::string path = scratch() / "conformal.h5";
    write_results(path, study.plan, fits, results, {});
    const Hdf5Reader file(path);
    EXPECT_EQ(file.read("/conformal/test/low").number(3), results.conformal.intervals[3].low);
    EXPECT_EQ(file.read("/conformal/coverage/coverage").number(0), results.conformal.coverage.coverage);
    EXPECT_THAT(summary_text({}, study.plan, results),
                HasSubstr(std::string("intervals asked to hold 80 % (") + method + ") hold "));
    EXPECT_THAT(summary_json({}, results), HasSubstr("\"coverage_asked\": 0.8"));
  }
}

TEST(StudyConformal, WaitsForWhatItIsCalibratedBy) {
  for (const char* method : {"split", "jackknife_plus"}) {
    SmallStudy study(conformal_experiment("friedman1", method));
    for (const std::size_t there : {0U, 1U, 3U, 4U}) {
      const Fits fits = fits_of(study, there);
      EXPECT_NO_THROW(
          write_results(scratch() / "conformal_some.h5", study.plan, fits, compute_results(study.plan, fits), {}))
          << method << there;
    }
  }
}

}  // namespace
}  // namespace jury
