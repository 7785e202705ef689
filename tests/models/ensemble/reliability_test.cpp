#include "models/ensemble/reliability.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>

#include "models/metrics/scores.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

TEST(Reliability, PutsEachRowIntoTheBinOfItsConfidence) {
  const std::vector<std::int32_t> labels = {0, 1, 0, 0, 1};
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> p = {1, 0, 0.95F, 0.05F, 0.97F, 0.03F, 0.55F, 0.45F, nan, nan};
  const std::vector<float> weights = {1, 1, 2, 1, 1};
  const auto bins =
      reliability({.outcome = Outcome::classes, .num_outputs = 2, .labels = labels, .weights = weights}, p);
  ASSERT_EQ(bins.size(), 15U);
  EXPECT_EQ(bins[14].count, 3U);
  EXPECT_EQ(bins[14].weight, 4);
  EXPECT_DOUBLE_EQ(bins[14].accuracy, 0.75);
  EXPECT_NEAR(bins[14].mean_confidence, (1 + 0.95 + 2 * 0.97) / 4, 1e-7);
  EXPECT_EQ(bins[8].count, 1U);
  EXPECT_EQ(bins[8].accuracy, 1);
  EXPECT_EQ(bins[0].count, 0U);
  EXPECT_TRUE(std::isnan(bins[0].accuracy) && std::isnan(bins[0].mean_confidence));
  for (std::size_t b = 0; b < 15; ++b) {
    EXPECT_DOUBLE_EQ(bins[b].low, static_cast<double>(b) / 15);
    EXPECT_DOUBLE_EQ(bins[b].high, static_cast<double>(b + 1) / 15);
  }
}

TEST(Reliability, ItsGapsAreTheExpectedCalibrationError) {
  Rng rng(1);
  std::vector<std::int32_t> labels;
  std::vector<float> p, weights;
  for (int row = 0; row < 500; ++row) {
    const double first = rng.uniform(), second = (1 - first) * rng.uniform();
    p.insert(p.end(), {static_cast<float>(first), static_cast<float>(second), static_cast<float>(1 - first - second)});
    labels.push_back(static_cast<std::int32_t>(rng.below(3)));
    weights.push_back(static_cast<float>(rng.below(3)));
  }
  const Truth truth{.outcome = Outcome::classes, .num_outputs = 3, .labels = labels, .weights = weights};
  double gaps = 0, weight = 0;
  for (const CalibrationBin& bin : reliability(truth, p)) {
    if (bin.weight <= 0) continue;
    gaps += bin.weight * std::abs(bin.accuracy - bin.mean_confidence);
    weight += bin.weight;
  }
  EXPECT_NEAR(gaps / weight, score(find_metric("ece"), truth, p), 1e-12);
}

}  // namespace
}  // namespace jury
