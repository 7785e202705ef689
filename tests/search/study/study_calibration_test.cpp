// Reported predictions are calibrated by rows that nobody had seen, and scored on rows the calibrator had not seen.
#include "search/study/study_calibration.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "runtime/store/hdf5_reader.hpp"
#include "search/study/results_file.hpp"
#include "search/study/study_checks.hpp"
#include "search/study/summary.hpp"
#include "search/study/truth_of.hpp"
#include "support/judged_study.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

Experiment calibrated_experiment(const std::string& method) {
  Experiment e = small_experiment();
  e.bias_variance.reset();
  e.cv->repeats = 2;
  e.final.calibrate = method;
  return e;
}

Experiment with_variances() {
  Experiment e = calibrated_experiment("temperature");
  e.data.generator = "friedman1";
  e.model.output = "mean_variance";
  return e;
}

const std::vector<double>& scores_of(const JuryScores& jury, std::string_view predictor) {
  for (const ScoreLine& line : jury.overall)
    if (line.predictor == predictor) return line.scores;
  throw std::runtime_error("no such line");
}

TEST(StudyCalibration, OfTheTestSetIsFittedToTheFoldsOfAllRepeats) {
  for (const char* method : {"temperature", "sigmoid", "isotonic"}) {
    SmallStudy study(calibrated_experiment(method));
    const StudyResults results = compute_results(study.plan, fits_of(study));
    std::vector<std::uint32_t> rows = training_rows(study.plan);
    rows.insert(rows.end(), rows.begin(), rows.end());
    std::vector<float> reported = jury_of(results, "oof", 0).reported;
    const std::vector<float>& second = jury_of(results, "oof", 1).reported;
    reported.insert(reported.end(), second.begin(), second.end());
    const TruthOf truth(study.plan, rows);
    const Calibrator expected = fit_calibrator(method, truth.truth(), reported);
    EXPECT_EQ(**results.calibration.calibrator, expected) << method;
    EXPECT_EQ(results.calibration.source, "oof");
    EXPECT_EQ(results.calibration.num_rows, 80U);
    EXPECT_EQ(jury_of(results, "test").calibrated, expected.apply(jury_of(results, "test").reported)) << method;
  }
}

TEST(StudyCalibration, OfAFoldIsFittedToTheOtherFolds) {
  Experiment experiment = calibrated_experiment("sigmoid");
  experiment.cv->folds = 4;
  SmallStudy study(std::move(experiment));
  const StudyResults results = compute_results(study.plan, fits_of(study));
  const TruthOf truth(study.plan, training_rows(study.plan));
  for (std::int32_t repeat = 0; repeat < 2; ++repeat) {
    const JuryScores& jury = jury_of(results, "oof", repeat);
    const std::size_t width = prediction_width(study.plan);
    for (std::int32_t fold = 0; fold < 4; ++fold) {
      std::vector<float> others = jury.reported;
      const auto left_out = study.plan.valid_rows(repeat, fold);
      for (const std::uint32_t row : left_out) others[row * width] = std::nanf("");
      const std::vector<float> expected = fit_calibrator("sigmoid", truth.truth(), others).apply(jury.reported);
      for (const std::uint32_t row : left_out)
        for (std::size_t c = 0; c < width; ++c) EXPECT_EQ(jury.calibrated[row * width + c], expected[row * width + c]);
    }
  }
}

TEST(StudyCalibration, RefusesARowThatItsCalibratorSaw) {
  SmallStudy study(calibrated_experiment("temperature"));
  const StudyResults results = compute_results(study.plan, fits_of(study));
  const std::vector<float> p = {0.3F, 0.7F};
  const std::vector<std::uint32_t> training = {5}, test = {45};
  EXPECT_THROW(calibrate_unseen(*results.calibration.calibrator, study.dataset, training, p), LeakError);
  EXPECT_NO_THROW(calibrate_unseen(*results.calibration.calibrator, study.dataset, test, p));
}

TEST(StudyCalibration, WithoutFoldsComesFromTheRowsOutOfTheBags) {
  Experiment experiment = calibrated_experiment("sigmoid");
  experiment.cv.reset();
  SmallStudy study(std::move(experiment));
  const StudyResults results = compute_results(study.plan, fits_of(study));
  EXPECT_EQ(results.calibration.source, "oob");
  const JuryScores& oob = jury_of(results, "oob");
  // Not by the calibrator that saw all of them; those of one group share theirs.
  EXPECT_NE(oob.calibrated, (*results.calibration.calibrator)->apply(oob.reported));
  EXPECT_TRUE(std::isfinite(scores_of(oob, "calibrated").front()));
}

TEST(StudyCalibration, ByTemperatureKeepsEveryLabel) {
  SmallStudy study(calibrated_experiment("temperature"));
  const StudyResults results = compute_results(study.plan, fits_of(study));
  for (const JuryScores& jury : results.juries)
    EXPECT_EQ(labels_of(jury.calibrated, 2), labels_of(jury.reported, 2)) << jury.source;
}

TEST(StudyCalibration, OfVariancesIsOneFactorAndLeavesTheMeans) {
  SmallStudy study(with_variances());
  const StudyResults results = compute_results(study.plan, fits_of(study));
  const JuryScores& test = jury_of(results, "test");
  const double factor = (*results.calibration.calibrator)->temperature;
  EXPECT_NE(factor, 1.0);
  ASSERT_EQ(test.calibrated.size(), 60U);
  for (std::size_t i = 0; i < test.calibrated.size(); i += 2) {
    EXPECT_EQ(test.calibrated[i], test.reported[i]);
    EXPECT_EQ(test.calibrated[i + 1], static_cast<float>(factor * static_cast<double>(test.reported[i + 1])));
  }
  EXPECT_TRUE(results.calibration.reliability.empty());
}

TEST(StudyCalibration, IsALineOfScoresAndAHeadline) {
  SmallStudy study(calibrated_experiment("temperature"));
  const StudyResults results = compute_results(study.plan, fits_of(study));
  ASSERT_TRUE(results.headline->calibrated.has_value());
  EXPECT_DOUBLE_EQ(*results.headline->calibrated, (scores_of(jury_of(results, "oof", 0), "calibrated").front() +
                                                   scores_of(jury_of(results, "oof", 1), "calibrated").front()) /
                                                      2);
  const std::string text = summary_text({}, study.plan, results);
  EXPECT_THAT(text, HasSubstr("calibrated (temperature): accuracy out of fold: "));
  EXPECT_THAT(text, HasSubstr("test   calibrated "));
  EXPECT_THAT(summary_json({}, results), HasSubstr("\"calibrated\": 0."));
}

TEST(StudyCalibration, HasTheIntervalsOfItsOwnScores) {
  SmallStudy study(calibrated_experiment("sigmoid"));
  const Fits fits = fits_of(study);
  const StudyResults results = compute_results(study.plan, fits);
  for (std::size_t i = 0; i < results.juries.size(); ++i) {
    const JuryScores& jury = results.juries[i];
    ASSERT_EQ(jury.calibrated_intervals.size(), results.scoring.metrics.size());
    const TruthOf truth(study.plan, results.predictions[i].rows);
    const std::uint64_t key = study.plan.stream(Purpose::interval, {.repeat = jury.repeat});
    for (std::size_t k = 0; k < jury.calibrated_intervals.size(); ++k) {
      const Interval expected = any_metric_interval(*results.scoring.metrics[k], truth.truth(), jury.calibrated, key);
      EXPECT_EQ(jury.calibrated_intervals[k].low, expected.low);
      EXPECT_EQ(jury.calibrated_intervals[k].high, expected.high);
    }
  }
  const std::string path = scratch() / "calibrated_intervals.h5";
  write_results(path, study.plan, fits, results, {});
  const Hdf5Reader file(path);
  const Hdf5Array predictors = file.read("/ensemble/overall/predictor"),
                  low = file.read("/ensemble/overall/log_loss.ci_low");
  for (std::size_t row = 0; row < predictors.size(); ++row)
    EXPECT_EQ(std::isfinite(low.number(row)), predictors.cell(row) == "calibrated" || predictors.cell(row) == "mean")
        << row;
}

TEST(StudyCalibration, IsWhatARequirementJudges) {
  SmallStudy study(calibrated_experiment("sigmoid"));
  const StudyResults results = compute_results(study.plan, fits_of(study));
  ASSERT_EQ(results.calibrated_scores.size(), results.headline_scores.size());
  EXPECT_EQ(results.calibrated_scores.front(), *results.headline->calibrated);
  const auto log_loss =
      std::ranges::find(results.scoring.metrics, "log_loss", &Metric::name) - results.scoring.metrics.begin();
  const double before = results.headline_scores.at(static_cast<std::size_t>(log_loss)),
               after = results.calibrated_scores.at(static_cast<std::size_t>(log_loss));
  ASSERT_NE(before, after);
  const double between = 0.5 * (before + after);
  EXPECT_EQ(meets(fmt::format("log_loss<={}", between), results), after < before);
}

TEST(StudyCalibration, IsAbsentUnlessAskedFor) {
  SmallStudy study(calibrated_experiment("none"));
  const StudyResults results = compute_results(study.plan, fits_of(study));
  EXPECT_FALSE(results.calibration.calibrator.has_value());
  EXPECT_TRUE(jury_of(results, "test").calibrated.empty());
  EXPECT_FALSE(results.headline->calibrated.has_value());
}

TEST(StudyCalibration, WaitsForWhatItIsFittedTo) {
  SmallStudy study(calibrated_experiment("isotonic"));
  const std::string path = scratch() / "calibration_some.h5";
  for (const std::size_t there : {0U, 1U, 3U, 4U, 8U}) {
    const Fits fits = fits_of(study, there);
    const StudyResults results = compute_results(study.plan, fits);
    EXPECT_NO_THROW(write_results(path, study.plan, fits, results, {})) << there;
    EXPECT_EQ(results.calibration.calibrator.has_value(), there > 3)
        << there;  // the first three are the final ensemble
  }
}

TEST(StudyCalibration, IsReadBackAsItWas) {
  for (const char* method : {"temperature", "sigmoid", "isotonic"}) {
    SmallStudy study(calibrated_experiment(method));
    const Fits fits = fits_of(study);
    const StudyResults results = compute_results(study.plan, fits);
    const std::string path = scratch() / "calibration.h5";
    write_results(path, study.plan, fits, results, {});
    const Hdf5Reader file(path);
    const Hdf5Array stored = file.read("/calibration/calibrator");
    ByteReader reader(stored.data);
    EXPECT_EQ(Calibrator::load(reader), **results.calibration.calibrator);
    const Hdf5Array test = file.read("/predictions/test/calibrated");
    EXPECT_EQ(test.dims, (std::vector<std::uint64_t>{1, 30, 2}));
    EXPECT_EQ(test.number(7), static_cast<double>(jury_of(results, "test").calibrated[7]));
    // 15 bins of each predictor on oof of two repeats, test and oob.
    EXPECT_EQ(file.read("/calibration/reliability/accuracy").size(), 15U * 2 * 4);
  }
}

TEST(StudyCalibration, ThatCannotBeIsAnErrorBeforeAnyTraining) {
  struct Case {
    const char* what;
    Experiment experiment;
    const char* message;
  };
  std::vector<Case> cases;
  cases.push_back({"nothing unseen", calibrated_experiment("sigmoid"), "has nothing to be fitted to"});
  cases.back().experiment.cv.reset();
  cases.back().experiment.ensemble.method = "average";
  cases.push_back({"curves of values", with_variances(), "does not suit regression"});
  cases.back().experiment.final.calibrate = "isotonic";
  cases.push_back({"no variances", with_variances(), "needs predicted variances"});
  cases.back().experiment.model.output = "auto";
  for (Case& one : cases) {
    SmallStudy study(std::move(one.experiment));
    EXPECT_THAT([&] { check_study(study.plan); }, ThrowsMessage<ConfigError>(HasSubstr(one.message))) << one.what;
  }
}

}  // namespace
}  // namespace jury
