#include "models/metrics/scores.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <set>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/base/numbers.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

double score_of(const char* name, const Truth& truth, Predictions predictions) {
  return score(find_metric(name), truth, predictions);
}

// Eight rows of three classes, probabilities exact in binary; the third row is a tie.
struct ClassCase {
  std::vector<float> probabilities = {0.5F,  0.25F,   0.25F,   0.125F,  0.75F,   0.125F, 0.375F,  0.375F,
                                      0.25F, 0.0625F, 0.1875F, 0.75F,   0.25F,   0.625F, 0.125F,  0.3125F,
                                      0.25F, 0.4375F, 0.875F,  0.0625F, 0.0625F, 0.25F,  0.3125F, 0.4375F};
  std::vector<std::int32_t> labels = {0, 1, 1, 2, 0, 2, 0, 1};
  std::vector<float> weights = {1, 2, 0.5F, 1, 1.5F, 1, 3, 0.25F};
  Truth truth() const { return {.outcome = Outcome::classes, .num_outputs = 3, .labels = labels}; }
  Truth weighted() const {
    return {.outcome = Outcome::classes, .num_outputs = 3, .labels = labels, .weights = weights};
  }
};

struct ValueCase {
  std::vector<float> predictions = {1.5F, -2, 0.25F, 3, 4, 0.5F, -1, 1, 2.5F, 8};
  std::vector<double> values = {1, -1.5, 0, 2, 5, 0, -1.5, 1, 2, 6};
  std::vector<float> weights = {1, 2, 0.5F, 1, 1.5F};
  Truth truth() const { return {.outcome = Outcome::values, .num_outputs = 2, .values = values}; }
  Truth weighted() const {
    return {.outcome = Outcome::values, .num_outputs = 2, .values = values, .weights = weights};
  }
};

// The literals of the next two tests are scikit-learn 1.2.1's (its Brier score is for two classes
// and it has no calibration error: these two are numpy one-liners).
TEST(Scores, OfProbabilitiesAgreeWithScikitLearn) {
  const ClassCase c;
  EXPECT_DOUBLE_EQ(score_of("accuracy", c.truth(), c.probabilities), 0.625);
  EXPECT_DOUBLE_EQ(score_of("balanced_accuracy", c.truth(), c.probabilities), 0.6666666666666666);
  EXPECT_NEAR(score_of("log_loss", c.truth(), c.probabilities), 0.7198744644012244, 1e-11);
  EXPECT_DOUBLE_EQ(score_of("brier", c.truth(), c.probabilities), 0.419921875);
  EXPECT_DOUBLE_EQ(score_of("ece", c.truth(), c.probabilities), 0.28125);
  EXPECT_DOUBLE_EQ(score_of("accuracy", c.weighted(), c.probabilities), 0.7804878048780488);
  EXPECT_DOUBLE_EQ(score_of("balanced_accuracy", c.weighted(), c.probabilities), 0.8181818181818182);
  EXPECT_NEAR(score_of("log_loss", c.weighted(), c.probabilities), 0.5506448799619944, 1e-11);
  EXPECT_DOUBLE_EQ(score_of("brier", c.weighted(), c.probabilities), 0.30659298780487804);
  EXPECT_DOUBLE_EQ(score_of("ece", c.weighted(), c.probabilities), 0.3125);
}

TEST(Scores, OfValuesAgreeWithScikitLearn) {
  const ValueCase c;
  EXPECT_DOUBLE_EQ(score_of("mse", c.truth(), c.predictions), 0.7312500000000001);
  EXPECT_DOUBLE_EQ(score_of("rmse", c.truth(), c.predictions), 0.8254442885548832);
  EXPECT_DOUBLE_EQ(score_of("mae", c.truth(), c.predictions), 0.675);
  EXPECT_DOUBLE_EQ(score_of("r2", c.truth(), c.predictions), 0.875984768907563);
  EXPECT_DOUBLE_EQ(score_of("mse", c.weighted(), c.predictions), 0.8229166666666666);
  EXPECT_DOUBLE_EQ(score_of("rmse", c.weighted(), c.predictions), 0.840726953281576);
  EXPECT_DOUBLE_EQ(score_of("mae", c.weighted(), c.predictions), 0.7083333333333334);
  EXPECT_DOUBLE_EQ(score_of("r2", c.weighted(), c.predictions), 0.8505446963248737);
}

// Also those that are not shown unless they are named.
std::vector<const Metric*> every_metric(Outcome outcome, std::size_t num_outputs) {
  std::vector<const Metric*> every;
  for (const Metric& metric : metrics())
    if (metric.outcome == outcome && metric.needs == ValueKind::values &&
        (metric.num_classes == 0 || metric.num_classes == num_outputs))
      every.push_back(&metric);
  return every;
}

TEST(Scores, RowsThatWereNotPredictedAreLeftOut) {
  ClassCase c;
  const ClassCase whole;
  c.probabilities[7] = kFloatNaN;  // in row 2
  std::vector<float> kept = whole.probabilities;
  kept.erase(kept.begin() + 6, kept.begin() + 9);
  c.labels.erase(c.labels.begin() + 2);
  for (const Metric* metric : every_metric(Outcome::classes, 3))
    EXPECT_EQ(score(*metric, whole.truth(), c.probabilities), score(*metric, c.truth(), kept)) << metric->name;
}

TEST(Scores, ARowOfWeightTwoCountsAsTwoRows) {
  const ValueCase v;
  const std::vector<float> weights = {1, 1, 2, 1, 1};
  Truth weighted = v.truth();
  weighted.weights = weights;
  ValueCase doubled;
  doubled.predictions.insert(doubled.predictions.end(), {4, 0.5F});
  doubled.values.insert(doubled.values.end(), {5, 0});
  for (const Metric* metric : every_metric(Outcome::values, 2))
    EXPECT_NEAR(score(*metric, weighted, v.predictions), score(*metric, doubled.truth(), doubled.predictions), 1e-14)
        << metric->name;
}

// Three rows of two targets: means and variances, exact in binary.
TEST(Scores, NllIsTheNormalDensityOfEachTarget) {
  const std::vector<double> values = {1, 2, 0, -1, 3, 5};
  const std::vector<float> f = {1.5F, 2, 0.25F, 4, -1, -1, 1, 0.5F, kFloatNaN, 5, 1, 1};
  const std::vector<float> weights = {1, 3, 1};
  Truth truth{.outcome = Outcome::values,
              .num_outputs = 2,
              .values = values,
              .weights = weights,
              .kind = ValueKind::means_and_variances};
  const auto density = [](double y, double m, double v) {
    return std::exp(-(y - m) * (y - m) / (2 * v)) / std::sqrt(2 * std::numbers::pi * v);
  };
  const double first = -std::log(density(1, 1.5, 0.25)) - std::log(density(2, 2, 4));
  const double second = -std::log(density(0, -1, 1)) - std::log(density(-1, -1, 0.5));
  EXPECT_NEAR(score_of("nll", truth, f), (first + 3 * second) / (2 * 4), 1e-12) << "the third row is not predicted";
  EXPECT_DOUBLE_EQ(score_of("mse", truth, f), ((0.25 + 3) / 4 + 0.0) / 2) << "of the means alone";
}

TEST(Scores, NllIsLeastAtTheTrueVariance) {
  const std::vector<double> values = {-2, 2};
  const Truth truth{
      .outcome = Outcome::values, .num_outputs = 1, .values = values, .kind = ValueKind::means_and_variances};
  const auto with = [&](float variance) {
    return score_of("nll", truth, std::vector<float>{0, variance, 0, variance});
  };
  EXPECT_DOUBLE_EQ(with(4), 0.5 * std::log(2 * std::numbers::pi * 4) + 0.5);
  EXPECT_GT(with(3), with(4));
  EXPECT_GT(with(5), with(4));
  EXPECT_FALSE(std::isfinite(with(0))) << "sure and wrong";
}

TEST(Scores, OfRatesProbabilitiesAndQuantilesAreThoseOfTheirFormulas) {
  const std::vector<double> counts = {0, 3, 1, 7};
  const std::vector<float> rates = {0.5F, 2, 1, 8};
  const double deviance = 2 * (0.5 + (3 * std::log(1.5) - 1) + 0 + (7 * std::log(7.0 / 8) + 1));
  EXPECT_NEAR(
      score_of("poisson_deviance",
               {.outcome = Outcome::values, .num_outputs = 2, .values = counts, .kind = ValueKind::rates}, rates),
      deviance / 4, 1e-12);
  const std::vector<double> labels = {1, 0, 0, 0.5};
  const std::vector<float> p = {0.75F, 0.25F, 0, 0.5F};
  EXPECT_NEAR(
      score_of("binary_log_loss",
               {.outcome = Outcome::values, .num_outputs = 1, .values = labels, .kind = ValueKind::probabilities}, p),
      (-2 * std::log(0.75) - std::log(0.5)) / 4, 1e-11);
  const std::vector<float> sure = {0, 1, 1, 0};
  EXPECT_NEAR(
      score_of("binary_log_loss",
               {.outcome = Outcome::values, .num_outputs = 1, .values = labels, .kind = ValueKind::probabilities},
               sure),
      -3.5 * std::log(1e-12) / 4, 1e-3)
      << "clipped";
  const std::vector<double> y = {0, 4};
  const std::vector<float> f = {1, 2};
  EXPECT_NEAR(
      score_of(
          "pinball",
          {.outcome = Outcome::values, .num_outputs = 1, .values = y, .kind = ValueKind::quantiles, .quantile = 0.9},
          f),
      (0.1 * 1 + 0.9 * 2) / 2, 1e-12);
}

// The same truth as the kind that the metric needs, if any.
Truth as_needed(Truth truth, const Metric& metric) {
  truth.kind = metric.needs;
  return truth;
}

TEST(Scores, OfNothingAreNaN) {
  const std::vector<std::int32_t> labels = {0, 1};
  const std::vector<double> values(6, 1.0);  // two rows of three
  const std::vector<float> no_weight = {0, 0};
  for (const Metric& metric : metrics()) {
    const std::size_t outputs = metric.num_classes == 0 ? 3 : metric.num_classes;
    Truth truth = as_needed({.outcome = metric.outcome, .num_outputs = outputs}, metric);
    const std::vector<float> none(2 * truth.width(), kFloatNaN), some(2 * truth.width(), 0.5F);
    EXPECT_TRUE(std::isnan(score(metric, truth, {}))) << metric.name;
    if (metric.outcome == Outcome::classes) {
      truth.labels = labels;
    } else {
      truth.values = values;
    }
    EXPECT_TRUE(std::isnan(score(metric, truth, none))) << metric.name;
    truth.weights = no_weight;
    EXPECT_TRUE(std::isnan(score(metric, truth, some))) << metric.name;
  }
}

TEST(Scores, PerfectAndHopelessPredictionsReachTheEndsOfTheRanges) {
  const std::vector<std::int32_t> labels = {0, 1};
  const Truth truth{.outcome = Outcome::classes, .num_outputs = 2, .labels = labels};
  const std::vector<float> right = {1, 0, 0, 1};
  const std::vector<float> wrong = {0, 1, 1, 0};
  EXPECT_EQ(score_of("accuracy", truth, right), 1);
  EXPECT_EQ(score_of("brier", truth, right), 0);
  EXPECT_EQ(score_of("ece", truth, right), 0);
  EXPECT_NEAR(score_of("log_loss", truth, right), 1e-12, 1e-15);
  EXPECT_EQ(score_of("accuracy", truth, wrong), 0);
  EXPECT_EQ(score_of("brier", truth, wrong), 2);
  EXPECT_EQ(score_of("ece", truth, wrong), 1);
  EXPECT_NEAR(score_of("log_loss", truth, wrong), -std::log(1e-12), 1e-9);
}

TEST(Scores, BalancedAccuracySkipsAClassThatDoesNotOccur) {
  const std::vector<std::int32_t> labels = {0, 0, 2};
  const std::vector<float> p = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  EXPECT_EQ(score_of("balanced_accuracy", {.outcome = Outcome::classes, .num_outputs = 3, .labels = labels}, p), 0.75);
}

TEST(Scores, ErrorsOfOneBinCancelInTheCalibrationError) {
  // Confidences 0.5 and 0.53 share the bin (7/15, 8/15]: excesses of +0.5 and -0.47 leave 0.03 of 2 rows.
  const std::vector<std::int32_t> labels = {1, 0};
  const std::vector<float> p = {0.5F, 0.5F, 0.53F, 0.47F};
  EXPECT_NEAR(score_of("ece", {.outcome = Outcome::classes, .num_outputs = 2, .labels = labels}, p), 0.015, 1e-7);
}

TEST(Scores, R2OfAConstantTargetIsOneWhenMetAndElseZero) {
  const std::vector<double> values = {0.1, 0.1, 0.1};
  Truth truth{.outcome = Outcome::values, .num_outputs = 1, .values = values};
  EXPECT_EQ(score_of("r2", truth, std::vector<float>{1, 2, 3}), 0);
  const std::vector<double> exact = {3, 3};
  truth.values = exact;
  EXPECT_EQ(score_of("r2", truth, std::vector<float>{3, 3}), 1);
  truth.values = truth.values.first(1);
  EXPECT_TRUE(std::isnan(score_of("r2", truth, std::vector<float>{3})));
}

TEST(Scores, R2KeepsItsDigitsBesideALargeOffset) {
  std::vector<double> values;
  std::vector<float> predictions;
  for (int i = 0; i < 64; ++i) {
    values.push_back(16777216.0 - i);
    predictions.push_back(static_cast<float>(16777216 - i));
  }
  values[0] += 1;
  // Of 64 successive numbers, n (n^2 - 1) / 12; moving the outermost d = 31.5 from the mean by one adds
  // 2 d + 1 - 1/n.
  const double spread = 64.0 * (64.0 * 64.0 - 1) / 12 + 63 + 63.0 / 64;
  EXPECT_NEAR(score_of("r2", {.outcome = Outcome::values, .num_outputs = 1, .values = values}, predictions),
              1 - 1 / spread, 1e-12);
}

TEST(Metrics, NamesAreUniqueAndFoundAgain) {
  std::set<std::string_view> names;
  for (const Metric& metric : metrics()) {
    EXPECT_TRUE(names.insert(metric.name).second) << metric.name;
    EXPECT_EQ(&find_metric(metric.name), &metric);
  }
  std::set<std::string_view> always;
  for (const Metric& metric : metrics())
    if (metric.shown == Shown::always) always.insert(metric.name);
  EXPECT_THAT(always,
              testing::UnorderedElementsAre("accuracy", "balanced_accuracy", "log_loss", "brier", "ece", "mse", "rmse",
                                            "mae", "r2", "nll", "poisson_deviance", "binary_log_loss", "pinball"));
  for (const char* named :
       {"precision", "recall_micro", "f1_macro", "f1_weighted", "mcc", "kappa", "roc_auc", "roc_auc_ovr", "roc_auc_ovo",
        "average_precision", "top_2", "top_3", "top_5", "mape", "spearman", "crps", "coverage_90"})
    EXPECT_TRUE(names.contains(named)) << named;
}

TEST(Metrics, ThatNeedTwoClassesAreRefusedForThree) {
  const std::vector<std::string> names = {"f1"};
  EXPECT_THAT([&] { choose_metrics(Outcome::classes, names, ValueKind::values, 3); },
              ThrowsMessage<ConfigError>(
                  AllOf(HasSubstr("the score 'f1' does not apply to 3 classes (it is for 2 classes) use accuracy, "),
                        HasSubstr(", f1_macro, "), testing::Not(HasSubstr("f1, ")))));
  EXPECT_THAT(choose_metrics(Outcome::classes, names, ValueKind::values, 2), testing::ElementsAre(&find_metric("f1")));
  EXPECT_THAT(choose_metrics(Outcome::classes, names), testing::ElementsAre(&find_metric("f1"))) << "not known yet";
}

TEST(Metrics, AnUnknownNameIsAConfigErrorWithTheNearest) {
  EXPECT_THAT([] { find_metric("acuracy"); },
              ThrowsMessage<ConfigError>("there is no score 'acuracy' did you mean 'accuracy'?"));
  EXPECT_THAT([] { find_metric("f1_marco"); },
              ThrowsMessage<ConfigError>("there is no score 'f1_marco' did you mean 'f1_macro'?"));
}

TEST(Metrics, AScoreOfTheOtherTaskIsAConfigError) {
  const std::vector<std::string> names = {"mse", "accuracy"};
  EXPECT_THAT([&] { choose_metrics(Outcome::values, names); },
              ThrowsMessage<ConfigError>(AllOf(HasSubstr("the score 'accuracy' does not apply to regression"),
                                               HasSubstr("use mse, rmse, mae, r2"))));
}

TEST(Metrics, AreChosenInTheOrderOfTheNamesAndOnce) {
  const std::vector<std::string> names = {"brier", "accuracy", "brier"};
  EXPECT_THAT(choose_metrics(Outcome::classes, names),
              testing::ElementsAre(&find_metric("brier"), &find_metric("accuracy")));
  EXPECT_EQ(choose_metrics(Outcome::values, {}).size(), 4U);
}

TEST(Metrics, ThatNeedOtherPredictionsAreRefusedByName) {
  using enum ValueKind;
  const std::vector<std::string> names = {"nll"};
  EXPECT_THAT([&] { choose_metrics(Outcome::values, names); },
              ThrowsMessage<ConfigError>(
                  "the score 'nll' does not apply to these predictions (it is for means and "
                  "variances (model.output = \"mean_variance\")) use mse, rmse, mae, r2, mape, spearman"));
  EXPECT_THAT([&] { choose_metrics(Outcome::values, names, rates); },
              ThrowsMessage<ConfigError>(HasSubstr("use mse, rmse, mae, r2, mape, spearman, poisson_deviance")));
  EXPECT_THAT([&] { choose_metrics(Outcome::classes, names); },
              ThrowsMessage<ConfigError>(HasSubstr("does not apply to classification (it is for regression)")));
  EXPECT_THAT(choose_metrics(Outcome::values, names, means_and_variances), testing::ElementsAre(&find_metric("nll")));
  for (const auto& [kind, last] : {std::pair{means_and_variances, "nll"}, std::pair{rates, "poisson_deviance"},
                                   std::pair{probabilities, "binary_log_loss"}, std::pair{quantiles, "pinball"}}) {
    const auto chosen = choose_metrics(Outcome::values, {}, kind);
    EXPECT_EQ(chosen.size(), 5U);
    EXPECT_EQ(chosen.back()->name, last);
  }
}

TEST(Metrics, BetterFollowsTheDirectionAndNaNIsNeverBetter) {
  EXPECT_TRUE(is_better(find_metric("accuracy"), 0.9, 0.8));
  EXPECT_TRUE(is_better(find_metric("log_loss"), 0.1, 0.2));
  EXPECT_FALSE(is_better(find_metric("log_loss"), 0.2, 0.2));
  EXPECT_TRUE(is_better(find_metric("mse"), 1, std::nan("")));
  EXPECT_FALSE(is_better(find_metric("mse"), std::nan(""), 1));
  EXPECT_FALSE(is_better(find_metric("mse"), std::nan(""), std::nan("")));
}

#ifdef JURY_CONTRACTS
TEST(ScoresDeathTest, ShapesThatDisagreeBreakTheContract) {
  const ClassCase c;
  EXPECT_DEATH(score_of("accuracy", c.truth(), std::span(c.probabilities).first(21)), "contract broken: agrees");
  EXPECT_DEATH(score_of("mse", c.truth(), c.probabilities), "contract broken: metric.outcome");
  const ValueCase v;
  EXPECT_DEATH(score_of("nll", v.truth(), v.predictions), "contract broken: suits");
  Truth wide = v.truth();
  wide.kind = ValueKind::means_and_variances;
  EXPECT_DEATH(score_of("mse", wide, v.predictions), "contract broken: agrees");
}

TEST(ScoresDeathTest, ALabelThatDoesNotExistBreaksTheContract) {
  ClassCase c;
  c.labels[3] = 3;
  EXPECT_DEATH(score_of("accuracy", c.truth(), c.probabilities), "contract broken: agrees");
}
#endif

}  // namespace
}  // namespace jury
