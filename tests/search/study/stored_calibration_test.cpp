// What a run calibrated by is read back as it was, and new rows get what its test set got.
#include "search/study/stored_calibration.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "runtime/store/hdf5_child.hpp"
#include "search/study/ensemble_predictions.hpp"
#include "support/finished_study.hpp"
#include "support/judged_study.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

struct Asked {
  const char* generator;
  const char* calibrate;
  const char* conformal;
  const char* score = "auto";
  const char* output = "auto";
};

constexpr Asked kAsked[] = {{"twonorm", "temperature", "none"},
                            {"twonorm", "sigmoid", "split", "aps"},
                            {"waveform", "isotonic", "split", "lac"},
                            {"friedman1", "none", "jackknife_plus"},
                            {"friedman1", "temperature", "split", "normalised", "mean_variance"}};

Experiment asking(const Asked& asked) {
  Experiment e = small_experiment();
  e.bias_variance.reset();
  e.data.generator = asked.generator;
  e.ensemble.members = 6;
  e.final.calibrate = asked.calibrate;
  e.final.conformal = asked.conformal;
  e.final.conformal_score = asked.score;
  e.final.coverage = 0.8;
  e.model.output = asked.output;
  return e;
}

// The rows of a study's test set as new rows.
Dataset test_rows_of(const SmallStudy& study, const StoredEnsemble& ensemble) {
  const Dataset& dataset = study.dataset;
  const std::size_t width = dataset.num_numeric();
  std::string text;
  for (std::size_t j = 0; j < width; ++j) text += (j == 0 ? "" : ",") + dataset.schema().features[j].name;
  text += "\n";
  for (std::size_t row = dataset.num_train(); row < dataset.rows(); ++row)
    for (std::size_t j = 0; j < width; ++j)
      text += fmt::format("{}{}", dataset.numeric()[row * width + j], j + 1 == width ? "\n" : ",");
  return Dataset::own(load_new_rows(ensemble.data, {.train = written("new.csv", text)}, 64).block);
}

struct Predicted {
  explicit Predicted(const Asked& asked)
      : run(asking(asked)),
        results(compute_results(run.study.plan, run.fits)),
        ensemble(ensemble_from_bytes(to_bytes(read_ensemble(run.path)))),
        rows(test_rows_of(run.study, ensemble)) {}
  EnsemblePredictions as(const std::string& combine, Calibrating calibrating = Calibrating::as_run) const {
    return predict_ensemble(ensemble, rows, {.combines = {combine}, .reported = "mean", .calibrating = calibrating},
                            Comm::solo());
  }

  FinishedStudy run;
  StudyResults results;
  StoredEnsemble ensemble;
  Dataset rows;
};

void expect_stored(const StoredCalibration& stored, const StudyResults& results) {
  ASSERT_EQ(stored.calibrator.has_value(), results.calibration.calibrator.has_value());
  if (stored.calibrator) {
    EXPECT_EQ(*stored.calibrator, **results.calibration.calibrator);
  }
  ASSERT_EQ(stored.conformal.has_value(), results.conformal.choice.method != "none");
  if (!stored.conformal) return;
  EXPECT_EQ(stored.conformal->choice.method, results.conformal.choice.method);
  EXPECT_EQ(stored.conformal->choice.score, results.conformal.choice.score);
  EXPECT_EQ(stored.conformal->coverage, 0.8);
  EXPECT_EQ(stored.conformal->thresholds, results.conformal.thresholds);
  ASSERT_EQ(stored.conformal->residuals.size(), results.conformal.residuals.size());
  EXPECT_EQ(stored.conformal->bag_counts.size(), stored.conformal->residuals.size() * 6);
}

TEST(StoredCalibration, GivesTheTestRowsWhatTheRunGaveThem) {
  for (const Asked& asked : kAsked) {
    SCOPED_TRACE(fmt::format("{} {} {}", asked.generator, asked.calibrate, asked.conformal));
    const Predicted one(asked);
    expect_stored(one.ensemble.calibration, one.results);
    const EnsemblePredictions predicted = one.as("mean");
    const JuryScores& test = jury_of(one.results, "test");
    EXPECT_EQ(predicted.combined.front(), test.reported);
    EXPECT_EQ(predicted.calibrated, test.calibrated);
    const StudyConformal& conformal = one.results.conformal;
    EXPECT_EQ(predicted.sets, std::vector<std::int32_t>(conformal.sets.begin(), conformal.sets.end()));
    ASSERT_EQ(predicted.low.size(), conformal.intervals.size());
    for (std::size_t i = 0; i < predicted.low.size(); ++i) {
      const auto low = static_cast<double>(predicted.low[i]), high = static_cast<double>(predicted.high[i]);
      EXPECT_LE(low, conformal.intervals[i].low);
      EXPECT_GE(high, conformal.intervals[i].high);
      EXPECT_GE(static_cast<double>(std::nextafter(predicted.low[i], 1e9F)), conformal.intervals[i].low);
      EXPECT_LE(static_cast<double>(std::nextafter(predicted.high[i], -1e9F)), conformal.intervals[i].high);
    }
    if (predicted.label.empty()) continue;
    EXPECT_EQ(predicted.label,
              labels_of(test.calibrated.empty() ? test.reported : test.calibrated, predicted.shape.num_outputs));
  }
}

TEST(StoredCalibration, LeftOutLabelsFollowTheMembersAndSetsStay) {
  const Predicted one({"waveform", "isotonic", "split", "lac"});
  const EnsemblePredictions as_run = one.as("mean"), bare = one.as("mean", Calibrating::left_out);
  EXPECT_TRUE(bare.calibrated.empty());
  EXPECT_EQ(bare.label, bare.label_mean);
  EXPECT_NE(bare.label, as_run.label);  // an isotonic curve has other most probable classes
  EXPECT_EQ(bare.sets, as_run.sets);
  EXPECT_EQ(bare.combined, as_run.combined);
}

TEST(StoredCalibration, IsOfTheWayToJoinThatTheRunReports) {
  const EnsemblePredictions voted = Predicted({"twonorm", "sigmoid", "split"}).as("vote");
  EXPECT_TRUE(voted.calibrated.empty());
  EXPECT_TRUE(voted.sets.empty());
  EXPECT_TRUE(Predicted({"friedman1", "none", "split"}).as("median").low.empty());
  const Predicted bags({"friedman1", "none", "jackknife_plus"});
  EXPECT_EQ(bags.as("median").low, bags.as("mean").low);  // around the mean in any case
  EXPECT_EQ(bags.as("median").low.size(), 30U);
}

TEST(StoredCalibration, OfBagsNeedsNoTestSet) {
  Experiment experiment = asking({"friedman1", "none", "auto"});
  experiment.data.test_rows = 0;
  experiment.cv.reset();
  const FinishedStudy run(std::move(experiment));
  const StoredEnsemble ensemble = read_ensemble(run.path);
  ASSERT_TRUE(ensemble.calibration.conformal);
  EXPECT_EQ(ensemble.calibration.conformal->choice.method, "jackknife_plus");
  EXPECT_EQ(ensemble.calibration.conformal->residuals.size(), 40U);
}

TEST(StoredCalibration, OfAMemberThatDivergedDoesWithoutIt) {
  FinishedStudy run(asking({"friedman1", "none", "jackknife_plus"}));
  Fits fits = run.fits;
  auto& lost = fits.at({.member = 2});
  lost.state = TaskState::diverged;
  lost.result = {};
  run.write(fits);
  const StudyResults results = compute_results(run.study.plan, fits);
  const StoredEnsemble ensemble = read_ensemble(run.path);
  ASSERT_EQ(ensemble.members.size(), 5U);
  const Dataset rows = test_rows_of(run.study, ensemble);
  const EnsemblePredictions predicted =
      predict_ensemble(ensemble, rows, {.combines = {"mean"}, .reported = "mean"}, Comm::solo());
  ASSERT_EQ(predicted.low.size(), results.conformal.intervals.size());
  for (std::size_t i = 0; i < predicted.low.size(); ++i) {
    EXPECT_FLOAT_EQ(predicted.low[i], static_cast<float>(results.conformal.intervals[i].low));
    EXPECT_FLOAT_EQ(predicted.high[i], static_cast<float>(results.conformal.intervals[i].high));
  }
}

TEST(StoredCalibration, ARowThatIsNotPredictedHasNoIntervalAndNoSet) {
  for (const Asked& asked : {Asked{"waveform", "sigmoid", "split"}, Asked{"friedman1", "none", "jackknife_plus"},
                             Asked{"friedman1", "none", "split"}}) {
    Experiment experiment = asking(asked);
    experiment.preprocess = {{.step = "standardize"}};  // and nothing is imputed
    const FinishedStudy run(std::move(experiment));
    const StoredEnsemble ensemble = read_ensemble(run.path);
    std::string header, full, gap;
    for (const Feature& feature : ensemble.data.schema.features) {
      header += (header.empty() ? "" : ",") + feature.name;
      full += full.empty() ? "0.5" : ",0.5";
      gap += gap.empty() ? "0.5" : ",";
    }
    const std::string file = written("gap.csv", header + "\n" + full + "\n" + gap + "\n");
    const Dataset rows = Dataset::own(load_new_rows(ensemble.data, {.train = file}, 64).block);
    const EnsemblePredictions predicted =
        predict_ensemble(ensemble, rows, {.combines = {"mean"}, .reported = "mean"}, Comm::solo());
    EXPECT_EQ(predicted.num_unpredicted, 1U);
    if (!predicted.low.empty()) {
      EXPECT_LT(predicted.low[0], predicted.high[0]);
      EXPECT_TRUE(std::isnan(predicted.low[1]) && std::isnan(predicted.high[1]));
      continue;
    }
    ASSERT_EQ(predicted.sets.size(), 6U);
    EXPECT_TRUE(
        std::all_of(predicted.sets.begin(), predicted.sets.begin() + 3, [](std::int32_t in) { return in >= 0; }));
    EXPECT_TRUE(
        std::all_of(predicted.sets.begin() + 3, predicted.sets.end(), [](std::int32_t in) { return in == -1; }));
    EXPECT_EQ(predicted.label[1], -1);
  }
}

TEST(StoredCalibration, ItsBytesAreItselfAndDamageIsRefused) {
  const StoredCalibration stored{
      .calibrator = {},
      .conformal = StoredConformal{
          .choice = {.method = "jackknife_plus"}, .coverage = 0.75, .residuals = {1, 2}, .bag_counts = {0, 3, 1, 0}}};
  ByteWriter writer;
  stored.save(writer);
  ByteReader reader(writer.bytes());
  const StoredCalibration read = StoredCalibration::load(reader);
  EXPECT_TRUE(reader.empty());
  EXPECT_FALSE(read.calibrator);
  ASSERT_TRUE(read.conformal);
  EXPECT_EQ(read.conformal->residuals, stored.conformal->residuals);
  EXPECT_EQ(bag_counts_of(*read.conformal, 2, 1), (std::vector<std::uint32_t>{1, 0}));
  EXPECT_TRUE(has_bags(*read.conformal, 2, 1));
  EXPECT_FALSE(has_bags(*read.conformal, 2, 2));
  for (std::size_t size = 0; size < writer.bytes().size(); ++size) {
    ByteReader short_reader(std::span(writer.bytes()).first(size));
    EXPECT_THROW(StoredCalibration::load(short_reader), DataError) << size;
  }
}

}  // namespace
}  // namespace jury
