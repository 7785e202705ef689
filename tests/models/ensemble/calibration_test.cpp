#include "models/ensemble/calibration.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "models/ensemble/combine.hpp"
#include "models/metrics/scores.hpp"
#include "runtime/base/numbers.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

using testing::ElementsAre;
using testing::FloatNear;
using testing::HasSubstr;
using testing::NanSensitiveFloatEq;

// Rows whose labels are drawn from softmax(z), predicted as softmax(sharpness z): too sure of themselves above 1.
struct Study {
  std::size_t num_classes;
  std::vector<std::int32_t> labels = {};
  std::vector<float> predictions = {};

  Truth truth() const { return {.outcome = Outcome::classes, .num_outputs = num_classes, .labels = labels}; }
};

Study overconfident(std::size_t rows, std::size_t num_classes, double sharpness) {
  Rng rng(7);
  Study study{num_classes};
  for (std::size_t row = 0; row < rows; ++row) {
    std::vector<double> z(num_classes);
    double sum = 0, sharp = 0;
    for (double& value : z) {
      value = 1.5 * rng.normal();
      sum += std::exp(value);
      sharp += std::exp(sharpness * value);
    }
    double at = rng.uniform() * sum;
    std::size_t label = 0;
    while (label + 1 < num_classes && (at -= std::exp(z[label])) > 0) ++label;
    study.labels.push_back(static_cast<std::int32_t>(label));
    for (const double value : z) study.predictions.push_back(static_cast<float>(std::exp(sharpness * value) / sharp));
  }
  return study;
}

std::string message_of(const auto& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Temperature, KnownAnswer) {
  // 3 of 4 rows are as predicted with p = 0.9: sigmoid(log(9) / T) = 3 / 4 at T = log 9 / log 3 = 2.
  const std::vector<std::int32_t> labels = {0, 0, 1, 1};
  const std::vector<float> p = {0.9F, 0.1F, 0.9F, 0.1F, 0.1F, 0.9F, 0.9F, 0.1F};
  const Truth truth{.outcome = Outcome::classes, .num_outputs = 2, .labels = labels};
  const Calibrator calibrator = fit_calibrator("temperature", truth, p);
  EXPECT_NEAR(calibrator.temperature, 2, 1e-6);
  EXPECT_THAT(calibrator.apply(std::vector<float>{0.9F, 0.1F}),
              ElementsAre(FloatNear(0.75F, 1e-6F), FloatNear(0.25F, 1e-6F)));
}

TEST(Temperature, FindsTheSharpnessOfTheModel) {
  for (const double sharpness : {0.5, 1.0, 3.0}) {
    const Study study = overconfident(4000, 4, sharpness);
    EXPECT_NEAR(fit_calibrator("temperature", study.truth(), study.predictions).temperature, sharpness,
                0.06 * sharpness);
  }
}

TEST(Temperature, KeepsEveryLabelAtAnyTemperature) {
  std::vector<float> p;
  Rng rng(3);
  for (int row = 0; row < 2000; ++row) {
    // Two leading classes one step of float32 apart, either way round, and a rest.
    const auto first = static_cast<float>(0.3 + 0.2 * rng.uniform());
    const float second = std::nextafter(first, rng.below(2) == 0 ? 0.0F : 1.0F);
    p.insert(p.end(), {first, second, 1 - first - second});
  }
  Calibrator calibrator;
  calibrator.num_outputs = 3;
  for (const double temperature : {0.01, 0.5, 1.0, 1.7, 100.0}) {
    calibrator.temperature = temperature;
    EXPECT_EQ(labels_of(calibrator.apply(p), 3), labels_of(p, 3)) << temperature;
  }
  calibrator.temperature = 2;
  const auto warmer = calibrator.apply(std::vector<float>{0.5F, 0.2F, 0.3F});
  EXPECT_GT(warmer[0], warmer[2]);
  EXPECT_GT(warmer[2], warmer[1]);
}

TEST(Temperature, HasLimitsAndLeavesAModelThatSaysNothingAlone) {
  const std::vector<std::int32_t> labels = {0, 1};
  const Truth truth{.outcome = Outcome::classes, .num_outputs = 2, .labels = labels};
  EXPECT_EQ(fit_calibrator("temperature", truth, std::vector<float>{0.6F, 0.4F, 0.4F, 0.6F}).temperature, 0.01)
      << "all right";
  EXPECT_EQ(fit_calibrator("temperature", truth, std::vector<float>{0.4F, 0.6F, 0.6F, 0.4F}).temperature, 100)
      << "all wrong";
  EXPECT_EQ(fit_calibrator("temperature", truth, std::vector<float>{0.5F, 0.5F, 0.5F, 0.5F}).temperature, 1);
  const auto sure =
      fit_calibrator("temperature", truth, std::vector<float>{1, 0, 1, 0}).apply(std::vector<float>{1, 0});
  EXPECT_NEAR(sure[0], 0.5, 0.15) << "half of the sure rows are wrong, T ends at 100: log odds of 27.6 become 0.28";
}

TEST(Temperature, OfVariancesIsTheMeanSquaredNormalisedError) {
  const std::vector<double> values = {1, 2, 3, 4};
  const std::vector<float> weights = {1, 3};
  const Truth truth{.outcome = Outcome::values,
                    .num_outputs = 2,
                    .values = values,
                    .weights = weights,
                    .kind = ValueKind::means_and_variances};
  // Errors 1, 2 over variances 1, 2 with weight 1: 1 + 2; errors 0, 3 over 1, 9 with weight 3: 0 + 1.
  const std::vector<float> f = {0, 0, 1, 2, 3, 1, 1, 9};
  const Calibrator calibrator = fit_calibrator("temperature", truth, f);
  EXPECT_DOUBLE_EQ(calibrator.temperature, (1.0 + 2 + 3 * (0 + 1)) / 8);
  EXPECT_THAT(calibrator.apply(f), ElementsAre(0, 0, 0.75F, 1.5F, 3, 1, 0.75F, 6.75F));
  EXPECT_LT(score(find_metric("nll"), truth, calibrator.apply(f)), score(find_metric("nll"), truth, f));
  EXPECT_EQ(fit_calibrator("temperature", truth, std::vector<float>{1, 2, 1, 1, 3, 4, 1, 1}).temperature, 1e-12)
      << "without an error";
}

class CalibrationLaws : public testing::TestWithParam<std::tuple<const char*, std::size_t>> {
 public:
  const char* name() const { return std::get<0>(GetParam()); }
  std::size_t num_classes() const { return std::get<1>(GetParam()); }
};

TEST_P(CalibrationLaws, LowersTheLossOfAnOverconfidentModelOnNewRows) {
  const Study study = overconfident(3000, num_classes(), 3);
  const std::size_t half = 1500;
  const Truth first{
      .outcome = Outcome::classes, .num_outputs = num_classes(), .labels = std::span(study.labels).first(half)};
  const Truth second{
      .outcome = Outcome::classes, .num_outputs = num_classes(), .labels = std::span(study.labels).subspan(half)};
  const Predictions p(study.predictions);
  const Calibrator calibrator = fit_calibrator(name(), first, p.first(half * num_classes()));
  const Predictions others = p.subspan(half * num_classes());
  const auto calibrated = calibrator.apply(others);
  EXPECT_LT(score(find_metric("log_loss"), second, calibrated), score(find_metric("log_loss"), second, others));
  EXPECT_LT(score(find_metric("ece"), second, calibrated), 0.5 * score(find_metric("ece"), second, others));
}

TEST_P(CalibrationLaws, GivesProbabilities) {
  const Study study = overconfident(300, num_classes(), 3);
  const auto p = fit_calibrator(name(), study.truth(), study.predictions).apply(study.predictions);
  for (std::size_t row = 0; row < 300; ++row) {
    double sum = 0;
    for (const float value : row_of(p, row, num_classes())) {
      EXPECT_GE(value, 0);
      EXPECT_LE(value, 1);
      sum += static_cast<double>(value);
    }
    EXPECT_NEAR(sum, 1, 1e-6);
  }
}

TEST_P(CalibrationLaws, LeavesOutRowsNotPredictedOrWithoutWeight) {
  Study study = overconfident(200, num_classes(), 2);
  std::vector<float> weights(200, 1.0F);
  const Calibrator all = fit_calibrator(name(), study.truth(), study.predictions);
  std::vector<float> more = study.predictions;
  for (const std::int32_t label : {0, 1}) {
    study.labels.push_back(label);
    weights.push_back(label == 0 ? 1.0F : 0.0F);
    more.push_back(label == 0 ? kFloatNaN : 1.0F);
    for (std::size_t c = 1; c < num_classes(); ++c) more.push_back(0);
  }
  Truth truth = study.truth();
  truth.weights = weights;
  EXPECT_EQ(fit_calibrator(name(), truth, more), all);
  const auto calibrated = all.apply(more);
  EXPECT_TRUE(std::isnan(calibrated[200 * num_classes()])) << "passed through";
  EXPECT_EQ(calibrated[200 * num_classes() + 1], 0);
  EXPECT_FALSE(std::isnan(calibrated.back()));
}

TEST_P(CalibrationLaws, IsTheSameAfterSaveAndLoad) {
  const Study study = overconfident(200, num_classes(), 2);
  const Calibrator calibrator = fit_calibrator(name(), study.truth(), study.predictions);
  ByteWriter writer;
  calibrator.save(writer);
  ByteReader reader(writer.bytes());
  EXPECT_EQ(Calibrator::load(reader), calibrator);
  EXPECT_TRUE(reader.empty());
  for (std::size_t size = 0; size < writer.bytes().size(); ++size) {
    ByteReader torn(std::span(writer.bytes()).first(size));
    EXPECT_THROW(Calibrator::load(torn), DataError);
  }
}

TEST_P(CalibrationLaws, CrossFittedRowsComeFromACalibratorOfTheOtherFolds) {
  const Study study = overconfident(120, num_classes(), 2);
  std::vector<std::int32_t> folds(120);
  for (std::size_t row = 0; row < 120; ++row) folds[row] = static_cast<std::int32_t>(5 * (row % 3));
  const auto crossed = cross_fitted(name(), study.truth(), study.predictions, folds);
  std::vector<float> others = study.predictions;
  for (std::size_t row = 0; row < 120; row += 3)
    for (std::size_t c = 0; c < num_classes(); ++c) others[row * num_classes() + c] = kFloatNaN;
  const auto expected = fit_calibrator(name(), study.truth(), others).apply(study.predictions);
  for (std::size_t row = 0; row < 120; row += 3)
    EXPECT_TRUE(std::ranges::equal(row_of(crossed, row, num_classes()), row_of(expected, row, num_classes()))) << row;
}

TEST_P(CalibrationLaws, ARowsLabelHasNoSayInItsOwnCrossFittedPrediction) {
  Study study = overconfident(120, num_classes(), 2);
  std::vector<std::int32_t> folds(120);
  for (std::size_t row = 0; row < 120; ++row) folds[row] = static_cast<std::int32_t>(row % 4);
  const auto before = cross_fitted(name(), study.truth(), study.predictions, folds);
  study.labels[17] = (study.labels[17] + 1) % static_cast<std::int32_t>(num_classes());
  const auto after = cross_fitted(name(), study.truth(), study.predictions, folds);
  EXPECT_TRUE(std::ranges::equal(row_of(before, 17, num_classes()), row_of(after, 17, num_classes())));
  EXPECT_NE(before, after) << "but in that of others";
}

INSTANTIATE_TEST_SUITE_P(Methods, CalibrationLaws,
                         testing::Combine(testing::Values("temperature", "sigmoid", "isotonic"),
                                          testing::Values(std::size_t{2}, std::size_t{4})));

TEST(Calibration, ARowForWhichEveryCurveSaysZeroKeepsItsPrediction) {
  Calibrator calibrator;
  calibrator.method = Calibration::isotonic;
  calibrator.num_outputs = 3;
  calibrator.isotonics.assign(3, {{0.5, 0.6}, {0, 1}});
  EXPECT_THAT(calibrator.apply(std::vector<float>{0.5F, 0.25F, 0.25F, 0.6F, 0.2F, 0.2F}),
              ElementsAre(0.5F, 0.25F, 0.25F, 1, 0, 0));
}

TEST(Calibration, ASigmoidOfSlopeOneChangesNothing) {
  Calibrator calibrator;
  calibrator.method = Calibration::sigmoid;
  calibrator.num_outputs = 3;
  calibrator.sigmoids.assign(3, {1, 0});
  const auto p = calibrator.apply(std::vector<float>{0.5F, 0.2F, 0.3F});
  EXPECT_THAT(p, ElementsAre(FloatNear(0.5F, 1e-6F), FloatNear(0.2F, 1e-6F), FloatNear(0.3F, 1e-6F)));
}

TEST(Calibration, OfOneClassIsSure) {
  const std::vector<std::int32_t> labels = {0, 0};
  const Truth truth{.outcome = Outcome::classes, .num_outputs = 1, .labels = labels};
  for (const char* name : {"temperature", "sigmoid", "isotonic"})
    EXPECT_THAT(fit_calibrator(name, truth, std::vector<float>{1, 1}).apply(std::vector<float>{1, kFloatNaN}),
                ElementsAre(1, NanSensitiveFloatEq(kFloatNaN)))
        << name;
}

TEST(Calibration, WhatDoesNotSuitIsRefused) {
  const std::vector<std::int32_t> labels = {0, 1};
  const std::vector<double> values = {0, 1};
  const std::vector<float> p = {0.5F, 0.5F, 0.5F, 0.5F};
  const Truth classes{.outcome = Outcome::classes, .num_outputs = 2, .labels = labels};
  const Truth plain{.outcome = Outcome::values, .num_outputs = 1, .values = values};
  EXPECT_THAT(message_of([&] { fit_calibrator("isotonik", classes, p); }), HasSubstr("did you mean 'isotonic'?"));
  EXPECT_THAT(message_of([&] { fit_calibrator("sigmoid", plain, p); }), HasSubstr("does not suit regression"));
  EXPECT_THAT(message_of([&] { fit_calibrator("temperature", plain, std::span(p).first(2)); }),
              HasSubstr("needs predicted variances"));
  EXPECT_THROW(fit_calibrator("isotonik", classes, p), ConfigError);
  EXPECT_THROW(fit_calibrator("temperature", classes, std::vector<float>(4, kFloatNaN)), DataError);
  EXPECT_THROW(cross_fitted("temperature", classes, p, std::vector<std::int32_t>{3, 3}), DataError) << "one fold";
}

TEST(Calibration, DamagedBytesAreRefused) {
  Calibrator calibrator;
  calibrator.num_outputs = 2;
  ByteWriter writer;
  calibrator.save(writer);
  // method, outcome, number of outputs, temperature
  for (const auto& [at, value] : {std::pair{0U, 9}, {1U, 2}, {2U, 0}, {17U, 0xFF}}) {
    Bytes bytes = writer.bytes();
    bytes[at] = static_cast<std::byte>(value);
    ByteReader reader(bytes);
    EXPECT_THROW(Calibrator::load(reader), DataError) << at;
  }
}

}  // namespace
}  // namespace jury
