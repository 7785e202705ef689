#include "models/metrics/row_scores.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "models/metrics/row_resampler.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

// Of every metric of the table: where it says to be a mean over rows, the weighted mean is the score.
TEST(RowScores, AverageToTheScore) {
  Rng rng(2);
  const std::size_t rows = 30;
  std::size_t means = 0;
  for (const Metric& metric : metrics()) {
    const std::size_t outputs = metric.outcome == Outcome::classes ? 2 : 1;
    Truth truth{.outcome = metric.outcome, .num_outputs = outputs, .kind = metric.needs, .quantile = 0.8};
    std::vector<std::int32_t> labels;
    std::vector<double> values;
    std::vector<float> weights, predictions;
    for (std::size_t row = 0; row < rows; ++row) {
      labels.push_back(static_cast<std::int32_t>(rng.below(2)));
      values.push_back(static_cast<double>(rng.below(5)));
      weights.push_back(static_cast<float>(rng.uniform()));
      for (std::size_t k = 0; k < truth.width(); ++k)
        predictions.push_back(static_cast<float>(0.05 + 0.9 * rng.uniform()));
    }
    predictions[7 * truth.width()] = std::numeric_limits<float>::quiet_NaN();
    if (metric.outcome == Outcome::classes) truth.labels = labels;
    if (metric.outcome == Outcome::values) truth.values = values;
    truth.weights = weights;
    const auto mean = row_mean_of(metric, outputs);
    if (!mean) continue;
    ++means;
    const std::vector<double> scores = row_scores(*mean->averaged, truth, predictions);
    double sum = 0, weight = 0;
    for (std::size_t row = 0; row < rows; ++row) {
      EXPECT_EQ(std::isnan(scores[row]), row == 7) << metric.name;
      if (row == 7) continue;
      sum += static_cast<double>(weights[row]) * scores[row];
      weight += static_cast<double>(weights[row]);
    }
    EXPECT_NEAR(mean->is_root ? std::sqrt(sum / weight) : sum / weight, score(metric, truth, predictions), 1e-9)
        << metric.name;
  }
  EXPECT_EQ(means, 20U);
}

TEST(RowScores, AreThereForNoMetricThatIsNoMean) {
  for (const char* name :
       {"balanced_accuracy", "ece", "r2", "f1", "f1_micro", "mcc", "kappa", "roc_auc", "average_precision", "spearman"})
    EXPECT_FALSE(row_mean_of(find_metric(name), 2)) << name;
  EXPECT_TRUE(row_mean_of(find_metric("rmse"), 1)->is_root);
  EXPECT_FALSE(row_mean_of(find_metric("rmse"), 2)) << "a mean of roots";
}

TEST(RowResampler, DrawsAsManyGroupsAsThereAreAndKeepsThemWhole) {
  const std::vector<std::int32_t> groups = {7, -3, 7, 100, -3, 7};
  RowResampler resampler(6, groups, 5);
  ASSERT_EQ(resampler.num_groups(), 3U);
  std::vector<double> means(6);
  for (int i = 0; i < 3000; ++i) {
    const auto counts = resampler.next();
    EXPECT_EQ(counts[0] + counts[1] + counts[3], 3U);
    EXPECT_TRUE(counts[0] == counts[2] && counts[0] == counts[5] && counts[1] == counts[4]);
    for (std::size_t row = 0; row < 6; ++row) means[row] += counts[row] / 3000.0;
  }
  for (const double mean : means) EXPECT_NEAR(mean, 1, 0.08);
}

TEST(RowResampler, LeavesOutAThirdOfTheRows) {
  RowResampler resampler(1000, {}, 5);
  double out = 0;
  for (int i = 0; i < 100; ++i) out += static_cast<double>(std::ranges::count(resampler.next(), 0U)) / 1e5;
  EXPECT_NEAR(out, std::exp(-1), 0.005);
}

}  // namespace
}  // namespace jury
