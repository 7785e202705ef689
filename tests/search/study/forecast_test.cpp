// Studies whose networks say more, or other things, than values: from the training to results.h5.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "runtime/store/hdf5_reader.hpp"
#include "search/study/results_file.hpp"
#include "search/study/study_checks.hpp"
#include "support/scratch.hpp"
#include "support/small_study.hpp"

namespace jury {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

Experiment regression() {
  Experiment e = small_experiment();
  e.data.generator = "friedman1";
  e.data.rows = 60;
  e.train.epochs = 20;
  e.ensemble.combine = {"mean", "median"};
  return e;
}

Experiment with_output(const std::string& output) {
  Experiment e = regression();
  e.model.output = output;
  return e;
}

std::vector<std::string> names_of(const std::vector<const Metric*>& metrics) {
  std::vector<std::string> names;
  for (const Metric* metric : metrics) names.emplace_back(metric->name);
  return names;
}

double reported(const StudyResults& results, std::string_view metric) {
  for (std::size_t k = 0; k < results.scoring.metrics.size(); ++k)
    if (results.scoring.metrics[k]->name == metric) return results.headline_scores[k];
  return std::nan("");
}

TEST(Forecast, FollowsOutputAndLoss) {
  const auto kind = [](const std::string& output, const std::string& loss, TaskKind task) {
    Experiment e;
    e.model.output = output;
    e.train.loss = loss;
    e.train.quantile = 0.9;
    return forecast_of(e, task).kind;
  };
  using enum TaskKind;
  EXPECT_EQ(kind("auto", "auto", regression), ValueKind::values);
  EXPECT_EQ(kind("auto", "huber", regression), ValueKind::values);
  EXPECT_EQ(kind("mean_variance", "auto", regression), ValueKind::means_and_variances);
  EXPECT_EQ(kind("auto", "gaussian_nll", regression), ValueKind::means_and_variances);
  EXPECT_EQ(kind("auto", "poisson", regression), ValueKind::rates);
  EXPECT_EQ(kind("sigmoid", "auto", regression), ValueKind::probabilities);
  EXPECT_EQ(kind("auto", "quantile", regression), ValueKind::quantiles);
  EXPECT_EQ(kind("sigmoid", "auto", classification), ValueKind::values);
}

TEST(Forecast, MeansAndVariancesAreScoredByTheirDensity) {
  Experiment e = with_output("mean_variance");
  e.data.rows = 300;
  SmallStudy study(std::move(e));
  EXPECT_EQ(prediction_width(study.plan), 2U);
  const StudyResults results = compute_results(study.plan, study.all_fits());
  EXPECT_THAT(names_of(results.scoring.metrics), ElementsAre("mse", "rmse", "mae", "r2", "nll"));
  EXPECT_EQ(results.headline->metric, "mse");
  // Of friedman1, whose deviation is 5, the best constant density costs log(5) + 1.42; the noise alone 1.42.
  EXPECT_LT(reported(results, "nll"), 3.03);
  EXPECT_GT(reported(results, "nll"), 1.42);
  for (const auto& [key, fit] : results.fits) {
    EXPECT_EQ(fit.train.size(), 5U);
    for (const auto* scores : {&fit.train, &fit.valid, &fit.oob, &fit.test})
      for (const double score : *scores) EXPECT_TRUE(std::isfinite(score));
  }
  EXPECT_LE(results.bias_variance.largest_residual(), kLargestResidual);
}

TEST(Forecast, VariancesAndTheirMixtureAreStored) {
  SmallStudy study(with_output("mean_variance"));
  const Fits fits = study.all_fits();
  const std::string path = scratch() / "mixture.h5";
  write_results(path, study.plan, fits, compute_results(study.plan, fits), {});
  const Hdf5Reader file(path);
  for (const char* source : {"oof", "oob", "test"}) {
    const std::string group = "/predictions/" + std::string(source) + "/";
    const auto value = file.read(group + "value"), variance = file.read(group + "variance");
    const auto mean = file.read(group + "mean"), mixture = file.read(group + "mixture_variance");
    const std::size_t rows = mean.size();
    EXPECT_EQ(variance.dims, value.dims);
    EXPECT_EQ(mixture.dims, mean.dims);
    ASSERT_EQ(value.size(), 3 * rows);
    for (std::size_t row = 0; row < rows; ++row) {
      double m = 0, v = 0, second = 0, count = 0;
      for (std::size_t i = row; i < 3 * rows; i += rows) {
        if (std::isnan(value.number(i))) continue;
        EXPECT_GT(variance.number(i), 0);
        m += value.number(i);
        second += value.number(i) * value.number(i);
        v += variance.number(i);
        ++count;
      }
      if (count == 0) continue;
      EXPECT_NEAR(mean.number(row), m / count, 1e-4);
      EXPECT_NEAR(mixture.number(row), v / count + second / count - m / count * m / count, 1e-3) << source << row;
    }
  }
  EXPECT_EQ(file.read("/predictions/replicates/variance").dims, file.read("/predictions/replicates/value").dims);
  for (const double nll : as_doubles(file.read("/ensemble/overall/nll"))) EXPECT_TRUE(std::isfinite(nll));
}

TEST(Forecast, RatesAreTrainedOnCountsAsTheyAre) {
  Experiment e = with_output("exponential");
  e.data.noise = 0;  // friedman1 is positive then
  SmallStudy study(std::move(e));
  const FitResult fit = read_task_result(study.evaluate({.member = 0}).payload).fits.front().result;
  EXPECT_TRUE(std::ranges::all_of(fit.test, [](float rate) { return rate > 0; }));
  const StudyResults results = compute_results(study.plan, study.all_fits());
  EXPECT_THAT(names_of(results.scoring.metrics), ElementsAre("mse", "rmse", "mae", "r2", "poisson_deviance"));
  EXPECT_TRUE(std::isfinite(reported(results, "poisson_deviance")));
}

// The loss that asks for the quantile 0.9 of a target leaves about a tenth of it above.
TEST(Forecast, QuantilesLieWhereTheyShould) {
  Experiment e = regression();
  e.train.loss = "quantile";
  e.train.quantile = 0.9;
  e.train.epochs = 100;
  e.data.rows = 200;
  SmallStudy study(std::move(e));
  const StudyResults results = compute_results(study.plan, study.all_fits());
  EXPECT_THAT(names_of(results.scoring.metrics), ElementsAre("mse", "rmse", "mae", "r2", "pinball"));
  const TruthOf truth(study.plan, study.plan.test_rows());
  const auto jury = std::ranges::find(results.juries, "test", &JuryScores::source);
  ASSERT_NE(jury, results.juries.end());
  double above = 0;
  for (std::size_t i = 0; i < truth.values().size(); ++i)
    above += truth.values()[i] > static_cast<double>(jury->mean[i]) ? 1.0 : 0.0;
  EXPECT_LT(above / static_cast<double>(truth.values().size()), 0.3);
  EXPECT_LT(reported(results, "pinball"), 2.5);  // half of the mean absolute error of a constant
}

TEST(Forecast, ClassesOneAgainstTheRestArePredictedAsProbabilities) {
  Experiment e = small_experiment();
  e.model.output = "sigmoid";
  e.train.class_weights = Config(std::string("balanced"));
  e.train.label_smoothing = 0.05;
  SmallStudy study(std::move(e));
  const StudyResults results = compute_results(study.plan, study.all_fits());
  EXPECT_GT(results.headline->value, 0.6);
  for (const MemberPredictions& members : results.predictions) {
    const std::vector<float> values = members.all_members();
    for (std::size_t i = 0; i < values.size(); i += 2) {
      if (std::isnan(values[i])) continue;  // in the member's bag
      EXPECT_NEAR(values[i] + values[i + 1], 1, 1e-6);
    }
  }
}

TEST(StudyChecks, AScoreThatThePredictionsDoNotAllowIsRefused) {
  Experiment e = regression();
  e.cv->metrics = {"mse", "nll"};
  SmallStudy plain(e);
  EXPECT_THAT(
      [&] { check_study(plain.plan); },
      ThrowsMessage<ConfigError>(AllOf(HasSubstr("the score 'nll' does not apply"), HasSubstr("mean_variance"))));
  e.model.output = "mean_variance";
  SmallStudy wide(e);
  EXPECT_THAT(names_of(check_study(wide.plan).scoring.metrics), ElementsAre("mse", "nll"));
}

TEST(StudyChecks, WhatDoesNotGoTogetherIsRefusedBeforeAnyTraining) {
  Experiment e = with_output("exponential");
  e.train.loss = "mse";
  SmallStudy pair(e);
  EXPECT_THAT([&] { check_study(pair.plan); }, ThrowsMessage<ConfigError>(HasSubstr("do not go together")));

  e = with_output("exponential");
  e.data.noise = 20;  // of both signs
  SmallStudy negative(e);
  EXPECT_THAT([&] { check_study(negative.plan); }, ThrowsMessage<DataError>(HasSubstr("needs counts")));

  e = small_experiment();
  e.train.class_weights = Config(Config::List{Config(1.0), Config(2.0), Config(3.0)});
  SmallStudy weights(e);
  EXPECT_THAT([&] { check_study(weights.plan); },
              ThrowsMessage<ConfigError>(HasSubstr("train.class_weights = [1.0, 2.0, 3.0] has 3 numbers")));

  e = regression();
  e.train.label_smoothing = 0.1;
  SmallStudy smooth(e);
  EXPECT_THAT([&] { check_study(smooth.plan); }, ThrowsMessage<ConfigError>(HasSubstr("train.label_smoothing")));
}

}  // namespace
}  // namespace jury
