// Scores of ranks, top-k and intervals where scikit_learn_test.py does not look: known, tied and degenerate cases.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "models/metrics/interval.hpp"
#include "models/metrics/scores.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

double of_two(const char* name, const std::vector<std::int32_t>& labels, const std::vector<float>& second,
              const std::vector<float>& weights = {}) {
  std::vector<float> p;
  for (const float one : second) p.insert(p.end(), {1 - one, one});
  return score(find_metric(name), {.outcome = Outcome::classes, .num_outputs = 2, .labels = labels, .weights = weights},
               p);
}

double of_values(const char* name, const std::vector<double>& y, const std::vector<float>& f,
                 const std::vector<float>& weights = {}) {
  return score(find_metric(name), {.outcome = Outcome::values, .num_outputs = 1, .values = y, .weights = weights}, f);
}

// The example of scikit-learn's documentation of both.
TEST(RankScores, OfTheDocumentationOfScikitLearn) {
  EXPECT_EQ(of_two("roc_auc", {0, 0, 1, 1}, {0.1F, 0.4F, 0.35F, 0.8F}), 0.75);
  EXPECT_NEAR(of_two("average_precision", {0, 0, 1, 1}, {0.1F, 0.4F, 0.35F, 0.8F}), 5.0 / 6, 1e-15);
}

// The definition, pair by pair.
TEST(RankScores, AreaUnderRocIsTheShareOfPairsInOrder) {
  Rng rng(11);
  std::vector<std::int32_t> labels;
  std::vector<float> second, weights;
  for (int i = 0; i < 60; ++i) {
    labels.push_back(static_cast<std::int32_t>(rng.below(2)));
    second.push_back(static_cast<float>(rng.below(8)) / 8);
    weights.push_back(static_cast<float>(rng.below(4)));
  }
  double right = 0, pairs = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    for (std::size_t j = 0; j < labels.size(); ++j) {
      if (labels[i] != 1 || labels[j] != 0) continue;
      const double weight = static_cast<double>(weights[i]) * static_cast<double>(weights[j]);
      pairs += weight;
      right += weight * (second[i] > second[j] ? 1.0 : second[i] == second[j] ? 0.5 : 0.0);
    }
  }
  EXPECT_NEAR(of_two("roc_auc", labels, second, weights), right / pairs, 1e-14);
  EXPECT_NEAR(of_two("roc_auc_ovr", labels, second, weights), right / pairs, 1e-14);
  EXPECT_NEAR(of_two("roc_auc_ovo", labels, second, weights), right / pairs, 1e-14);
}

TEST(RankScores, OfPredictionsThatSayNothingAreThoseOfChance) {
  EXPECT_EQ(of_two("roc_auc", {0, 1, 1, 0}, {0.5F, 0.5F, 0.5F, 0.5F}), 0.5);
  EXPECT_EQ(of_two("average_precision", {0, 1, 1, 1}, {0.5F, 0.5F, 0.5F, 0.5F}), 0.75) << "the share of the class";
}

TEST(RankScores, OfOneClassAloneAreNaN) {
  for (const char* name : {"roc_auc", "roc_auc_ovr", "roc_auc_ovo"}) {
    EXPECT_TRUE(std::isnan(of_two(name, {1, 1}, {0.2F, 0.6F}))) << name;
    EXPECT_TRUE(std::isnan(of_two(name, {0, 0}, {0.2F, 0.6F}))) << name;
    EXPECT_TRUE(std::isnan(of_two(name, {0, 1}, {0.2F, 0.6F}, {1, 0}))) << name << ": the other has no weight";
  }
  EXPECT_TRUE(std::isnan(of_two("average_precision", {0, 0}, {0.2F, 0.6F})));
  EXPECT_EQ(of_two("average_precision", {1, 1}, {0.2F, 0.6F}), 1);
}

TEST(RankScores, OverClassesLeaveOutThoseThatDoNotOccur) {
  const std::vector<std::int32_t> labels = {0, 0, 2, 2};
  const std::vector<float> p = {0.5F, 0.25F, 0.25F, 0.25F, 0.25F, 0.5F, 0.375F, 0.25F, 0.375F, 0.125F, 0.25F, 0.625F};
  const Truth truth{.outcome = Outcome::classes, .num_outputs = 3, .labels = labels};
  EXPECT_EQ(score(find_metric("roc_auc_ovr"), truth, p), 0.75);
  EXPECT_EQ(score(find_metric("roc_auc_ovo"), truth, p), 0.75);
  EXPECT_NEAR(score(find_metric("average_precision"), truth, p), 5.0 / 6, 1e-15);
}

TEST(RankScores, SpearmanIsThatOfRanksWithTies) {
  EXPECT_EQ(of_values("spearman", {1, 2, 30, 40}, {-5, 0, 1, 100}), 1);
  EXPECT_EQ(of_values("spearman", {1, 2, 30, 40}, {4, 3, 2, 1}), -1);
  EXPECT_NEAR(of_values("spearman", {1, 2, 3, 4, 5}, {5, 6, 7, 8, 7}), 0.8207826816681233, 1e-15)
      << "of scipy's documentation";
  EXPECT_TRUE(std::isnan(of_values("spearman", {2, 2, 2}, {1, 2, 3})));
  EXPECT_TRUE(std::isnan(of_values("spearman", {1, 2, 3}, {1, 1, 1})));
  EXPECT_TRUE(std::isnan(of_values("spearman", {1}, {1})));
}

TEST(RankScores, HaveBootstrapIntervalsAroundThem) {
  Rng rng(4);
  std::vector<std::int32_t> labels;
  std::vector<float> p, f;
  std::vector<double> y;
  for (int i = 0; i < 300; ++i) {
    labels.push_back(static_cast<std::int32_t>(rng.below(2)));
    const double value = rng.normal() + labels.back();
    p.push_back(static_cast<float>(1 / (1 + std::exp(value))));
    p.push_back(1 - p.back());
    y.push_back(value);
    f.push_back(static_cast<float>(value + rng.normal()));
  }
  const Truth classes{.outcome = Outcome::classes, .num_outputs = 2, .labels = labels};
  const Truth values{.outcome = Outcome::values, .num_outputs = 1, .values = y};
  for (const char* name : {"roc_auc", "roc_auc_ovr", "average_precision", "spearman", "mape"}) {
    const Metric& metric = find_metric(name);
    const bool of_classes = metric.outcome == Outcome::classes;
    const Truth& truth = of_classes ? classes : values;
    const std::vector<float>& predictions = of_classes ? p : f;
    const Interval interval = bootstrap_metric_interval(metric, truth, predictions, 23, {.resamples = 300});
    const double value = score(metric, truth, predictions);
    EXPECT_LT(interval.low, value) << name;
    EXPECT_GT(interval.high, value) << name;
    if (metric.name != "mape") {
      EXPECT_LT(interval.high - interval.low, 0.2) << name;
    }
  }
}

TEST(TopAccuracy, CountsTheClassesBeforeTheTrueOneAndTiesGoToTheLowest) {
  const std::vector<std::int32_t> labels = {0, 1, 2, 3};
  const std::vector<float> p(16, 0.25F);
  const Truth truth{.outcome = Outcome::classes, .num_outputs = 4, .labels = labels};
  EXPECT_EQ(score(find_metric("top_2"), truth, p), 0.5);
  EXPECT_EQ(score(find_metric("top_3"), truth, p), 0.75);
  EXPECT_EQ(score(find_metric("top_5"), truth, p), 1);
}

TEST(Coverage, IsTheShareInsideTheCentralInterval) {
  // 1.6448536 deviations of 2 either way: 3.2897.
  const std::vector<double> y = {3.28, -3.28, 3.30, -3.30, 0, 7};
  const std::vector<float> f = {0, 4, 0, 4, 0, 4, 0, 4, 0, 0, 6, 0};
  const Truth truth{.outcome = Outcome::values, .num_outputs = 1, .values = y, .kind = ValueKind::means_and_variances};
  EXPECT_NEAR(score(find_metric("coverage_90"), truth, f), 3.0 / 6, 1e-15) << "a sure prediction covers what it meets";
  EXPECT_NEAR(score(find_metric("coverage_95"), truth, f), 5.0 / 6, 1e-15);
}

TEST(Coverage, IsBestAtItsTarget) {
  const Metric& metric = find_metric("coverage_90");
  EXPECT_EQ(metric.target, 0.9);
  EXPECT_TRUE(is_better(metric, 0.88, 0.95));
  EXPECT_TRUE(is_better(metric, 0.9, 1.0));
  EXPECT_FALSE(is_better(metric, std::numeric_limits<double>::quiet_NaN(), 0.0));
  EXPECT_NEAR(loss_of(metric, 0.95), 0.05, 1e-15);
  EXPECT_EQ(loss_of(find_metric("roc_auc"), 0.75), -0.75);
  EXPECT_EQ(loss_of(find_metric("mape"), 0.75), 0.75);
}

TEST(Mape, IsAShareOfTheTruth) {
  EXPECT_NEAR(of_values("mape", {2, -4}, {1, -5}), (0.5 + 0.25) / 2, 1e-15);
  EXPECT_GT(of_values("mape", {0}, {1}), 1e15);
  EXPECT_EQ(of_values("mape", {0}, {0}), 0);
}

}  // namespace
}  // namespace jury
