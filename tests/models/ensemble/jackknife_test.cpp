#include "models/ensemble/jackknife.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "models/ensemble/bootstrap.hpp"
#include "runtime/base/numbers.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

// Adds a member that predicts the mean of its bag.
void add_bag_mean(BagTable& table, const std::vector<double>& y, std::span<const std::uint32_t> counts) {
  double sum = 0, draws = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    sum += counts[i] * y[i];
    draws += counts[i];
  }
  table.add(counts, std::vector<float>{static_cast<float>(sum / draws)});
}

// With every bag there is, once each, bagged means are exact: t(-i) is the mean of the other rows and C_i = (y_i -
// mean) / n.
TEST(Jackknife, OfAllBagsOfAMeanIsItsStandardErrorSquared) {
  const std::vector<double> y = {1, 2, 4, 9};
  BagTable table(4, {Outcome::values, 1, 1});
  for (std::uint32_t code = 0; code < 256; ++code) {
    std::vector<std::uint32_t> counts(4);
    for (std::uint32_t draw = 0, rest = code; draw < 4; ++draw, rest /= 4) ++counts[rest % 4];
    add_bag_mean(table, y, counts);
  }
  const JackknifeVariance variance = jackknife_variances(table)[0];
  const double spread = 9 + 4 + 0 + 25;
  EXPECT_NEAR(variance.mean, 4, 1e-6);
  EXPECT_NEAR(variance.jackknife, spread / (4 * 3), 1e-6) << "s^2 / n";
  EXPECT_NEAR(variance.infinitesimal, spread / (4 * 4), 1e-6);
  EXPECT_NEAR(variance.infinitesimal_corrected, spread / 16 - 4 * (spread / 16) / 256, 1e-6) << "n v / B";
  EXPECT_NEAR(variance.jackknife_corrected, spread / 12 - (std::exp(1) - 1) * 4 * (spread / 16) / 256, 1e-6);
}

TEST(Jackknife, AgreesWithASecondLook) {
  Rng rng(5);
  const std::size_t n = 12, members = 40, rows = 3;
  BagTable table(n, {Outcome::values, rows, 1});
  std::vector<std::vector<std::uint32_t>> counts;
  std::vector<std::vector<float>> t;
  for (std::size_t b = 0; b < members; ++b) {
    std::vector<std::uint32_t> all(n);
    std::iota(all.begin(), all.end(), 0U);
    counts.push_back(bag_counts(bag(all, {}, {}, rng), n));
    t.emplace_back(rows);
    for (float& value : t.back())
      value = rng.below(6) == 0 ? kFloatNaN : static_cast<float>(rng.normal() + counts.back()[3]);
    table.add(counts.back(), t.back());
  }
  const auto variances = jackknife_variances(table);
  for (std::size_t row = 0; row < rows; ++row) {
    double mean = 0, count = 0, v = 0;
    for (const auto& member : t)
      if (!std::isnan(member[row])) mean += static_cast<double>(member[row]), ++count;
    mean /= count;
    double jackknife = 0, infinitesimal = 0;
    for (std::size_t i = 0; i < n; ++i) {
      double without = 0, num_without = 0, covariance = 0;
      for (std::size_t b = 0; b < members; ++b) {
        if (std::isnan(t[b][row])) continue;
        const double value = static_cast<double>(t[b][row]);
        if (counts[b][i] == 0) without += value, ++num_without;
        covariance += (counts[b][i] - 1.0) * (value - mean) / count;
        if (i == 0) v += (value - mean) * (value - mean) / count;
      }
      ASSERT_GT(num_without, 0);
      jackknife += std::pow(without / num_without - mean, 2) * (static_cast<double>(n) - 1) / static_cast<double>(n);
      infinitesimal += covariance * covariance;
    }
    EXPECT_NEAR(variances[row].mean, mean, 1e-6);
    EXPECT_NEAR(variances[row].jackknife, jackknife, 1e-9);
    EXPECT_NEAR(variances[row].infinitesimal, infinitesimal, 1e-9);
    EXPECT_NEAR(variances[row].infinitesimal_corrected, std::max(infinitesimal - 12 * v / count, 0.0), 1e-9);
    EXPECT_NEAR(variances[row].jackknife_corrected, std::max(jackknife - (std::exp(1) - 1) * 12 * v / count, 0.0),
                1e-9);
  }
}

// 50 rows, 400 bags: without the corrections chance alone adds 50 v / 400 and more.
TEST(Jackknife, CorrectionsTakeOffWhatFewMembersAdd) {
  double corrected = 0, infinitesimal = 0, raw = 0, truth = 0;
  for (std::uint64_t study = 0; study < 30; ++study) {
    Rng rng(study);
    std::vector<double> y(50);
    double mean = 0, spread = 0;
    for (double& value : y) mean += (value = rng.normal()) / 50;
    for (const double value : y) spread += (value - mean) * (value - mean);
    std::vector<std::uint32_t> rows(50);
    std::iota(rows.begin(), rows.end(), 0U);
    BagTable table(50, {Outcome::values, 1, 1});
    for (int b = 0; b < 400; ++b) add_bag_mean(table, y, bag_counts(bag(rows, {}, {}, rng), 50));
    const JackknifeVariance variance = jackknife_variances(table)[0];
    raw += variance.jackknife;
    corrected += variance.jackknife_corrected;
    infinitesimal += variance.infinitesimal_corrected;
    truth += spread / (50 * 49);
  }
  EXPECT_GT(raw, 1.1 * truth);
  EXPECT_NEAR(corrected, truth, 0.08 * truth);
  EXPECT_NEAR(infinitesimal, truth, 0.08 * truth);
}

TEST(Jackknife, EdgesAreNaNOrZero) {
  BagTable table(2, {Outcome::values, 2, 1});
  table.add(std::vector<std::uint32_t>{1, 1}, std::vector<float>{3, kFloatNaN});
  const auto variances = jackknife_variances(table);
  EXPECT_EQ(variances[0].mean, 3);
  EXPECT_TRUE(std::isnan(variances[0].jackknife)) << "no row was left out";
  EXPECT_TRUE(std::isnan(variances[0].jackknife_corrected));
  EXPECT_EQ(variances[0].infinitesimal, 0);
  EXPECT_TRUE(std::isnan(variances[1].mean) && std::isnan(variances[1].infinitesimal_corrected)) << "nobody predicted";
}

TEST(BagTable, OfMeansAndVariancesKeepsTheMeansOfWholeRows) {
  BagTable table(1, {Outcome::values, 2, 1, ValueKind::means_and_variances});
  table.add(std::vector<std::uint32_t>{0}, std::vector<float>{1, 9, 2, kFloatNaN});
  table.add(std::vector<std::uint32_t>{2}, std::vector<float>{5, 9, 4, 9});
  EXPECT_EQ(table.cell(0, 0).mean, 3);
  EXPECT_EQ(table.cell(0, 0).variance, 4);
  EXPECT_EQ(table.cell(1, 0).count, 1U) << "a NaN variance: the row was not predicted";
  EXPECT_EQ(table.cell(1, 0).mean, 4);
  EXPECT_EQ(table.departures(table.cell(0, 0))[0], -2);
  EXPECT_EQ(table.covariances(table.cell(0, 0))[0], 2);
  EXPECT_TRUE(std::isnan(table.departures(table.cell(1, 0))[0])) << "the one member without row 0 did not predict";
  EXPECT_EQ(table.mean_draws(), 1);
}

#ifdef JURY_CONTRACTS
TEST(BagTableDeathTest, OtherShapesBreakTheContract) {
  BagTable table(2, {Outcome::values, 1, 1});
  EXPECT_DEATH(table.add(std::vector<std::uint32_t>{1}, std::vector<float>{1}), "contract broken");
  EXPECT_DEATH(table.add(std::vector<std::uint32_t>{1, 70000}, std::vector<float>{1}), "contract broken");
  EXPECT_DEATH(table.add(std::vector<std::uint32_t>{1, 1}, std::vector<float>{1, 2}), "contract broken");
  EXPECT_DEATH(jackknife_variances(table), "contract broken");
}
#endif

}  // namespace
}  // namespace jury
