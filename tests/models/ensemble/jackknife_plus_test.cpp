#include "models/ensemble/jackknife_plus.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "models/ensemble/bootstrap.hpp"
#include "models/ensemble/conformal.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/numbers.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

// Lines through the origin, each fitted to a bag of y = x + noise.
struct BaggedLines {
  std::vector<double> x, y, new_x, new_y;
  std::vector<float> out_of_bag_mean;
  std::vector<std::vector<std::uint32_t>> counts;
  std::vector<double> slopes;
  BagTable table;

  BaggedLines(std::uint64_t key, std::size_t n, std::size_t members, std::size_t num_new)
      : table(n, {Outcome::values, num_new, 1}) {
    Rng rng(key);
    for (std::size_t i = 0; i < n + num_new; ++i) {
      (i < n ? x : new_x).push_back(rng.uniform());
      (i < n ? y : new_y).push_back((i < n ? x : new_x).back() + 0.2 * rng.normal());
    }
    std::vector<std::uint32_t> rows(n);
    std::iota(rows.begin(), rows.end(), 0U);
    Combination combination({Outcome::values, n, 1});
    for (std::size_t b = 0; b < members; ++b) {
      counts.push_back(bag_counts(bag(rows, {}, {}, rng), n));
      double xy = 0, xx = 0;
      for (std::size_t i = 0; i < n; ++i) xy += counts[b][i] * x[i] * y[i], xx += counts[b][i] * x[i] * x[i];
      slopes.push_back(xy / xx);
      std::vector<float> own(n, kFloatNaN), f;
      for (std::size_t i = 0; i < n; ++i)
        if (counts[b][i] == 0) own[i] = static_cast<float>(slopes[b] * x[i]);
      for (const double at : new_x) f.push_back(static_cast<float>(slopes[b] * at));
      combination.add(own);
      table.add(counts[b], f);
    }
    out_of_bag_mean = combination.mean();
  }
  Truth truth() const { return {.outcome = Outcome::values, .num_outputs = 1, .values = y}; }
};

TEST(JackknifePlus, IsItsResiduals) {
  const BaggedLines run(3, 24, 3, 4);  // 3 bags: rows in all of them occur
  const JackknifePlus fitted(run.truth(), run.out_of_bag_mean);
  const JackknifePlus stored(1, {fitted.residuals().begin(), fitted.residuals().end()});
  EXPECT_GT(fitted.num_left_out(), 0U);
  EXPECT_EQ(stored.num_left_out(), fitted.num_left_out());
  const auto ours = stored.intervals(run.table, 0.2), theirs = fitted.intervals(run.table, 0.2);
  for (std::size_t j = 0; j < 4; ++j) {
    EXPECT_EQ(ours[j].low, theirs[j].low);
    EXPECT_EQ(ours[j].high, theirs[j].high);
  }
}

TEST(JackknifePlus, AgreesWithASecondLook) {
  const BaggedLines run(3, 24, 6, 4);  // 6 bags: rows in all of them occur
  const JackknifePlus conformal(run.truth(), run.out_of_bag_mean);
  const auto intervals = conformal.intervals(run.table, 0.2);
  for (std::size_t j = 0; j < 4; ++j) {
    std::vector<double> below, above;
    std::size_t left_out = 0;
    for (std::size_t i = 0; i < 24; ++i) {
      double slope = 0, count = 0;
      for (std::size_t b = 0; b < 6; ++b)
        if (run.counts[b][i] == 0) slope += run.slopes[b], ++count;
      if (count == 0) {
        ++left_out;
        continue;
      }
      const double residual = std::abs(run.y[i] - slope / count * run.x[i]);
      below.push_back(slope / count * run.new_x[j] - residual);
      above.push_back(slope / count * run.new_x[j] + residual);
    }
    ASSERT_EQ(conformal.num_left_out(), left_out);
    ASSERT_GT(left_out, 0U);
    std::ranges::sort(below);
    std::ranges::sort(above);
    const auto n = static_cast<double>(below.size());
    EXPECT_NEAR(intervals[j].low, below[static_cast<std::size_t>(std::floor(0.2 * (n + 1))) - 1], 1e-6);
    EXPECT_NEAR(intervals[j].high, above[static_cast<std::size_t>(std::ceil(0.8 * (n + 1))) - 1], 1e-6);
  }
}

// 200 runs of 39 rows with 10 new ones each: the theorem promises 0.8; in practice it is 0.9 within four deviations
// of 0.009.
TEST(JackknifePlus, CoversNewRowsAsPromised) {
  double covered = 0;
  for (std::uint64_t key = 0; key < 200; ++key) {
    const BaggedLines run(key, 39, 30, 10);
    const Truth truth{.outcome = Outcome::values, .num_outputs = 1, .values = run.new_y};
    const auto intervals = JackknifePlus(run.truth(), run.out_of_bag_mean).intervals(run.table, 0.1);
    covered += 10 * coverage_of_intervals(truth, intervals).coverage;
  }
  EXPECT_NEAR(covered / 2000, 0.9, 0.036);
}

TEST(JackknifePlus, TooFewRowsPromiseNothingAndNobodysPredictionIsNaN) {
  const std::vector<double> y = {1, 2};
  const JackknifePlus conformal({.outcome = Outcome::values, .num_outputs = 1, .values = y},
                                std::vector<float>{1, kFloatNaN});
  EXPECT_EQ(conformal.num_left_out(), 1U);
  BagTable table(2, {Outcome::values, 2, 1});
  table.add(std::vector<std::uint32_t>{0, 2}, std::vector<float>{5, kFloatNaN});
  const auto few = conformal.intervals(table, 0.4), enough = conformal.intervals(table, 0.5);
  EXPECT_EQ(few[0].low, -kInfinity);
  EXPECT_EQ(few[0].high, kInfinity);
  EXPECT_EQ(enough[0].low, 5);
  EXPECT_EQ(enough[0].high, 5);
  EXPECT_TRUE(std::isnan(enough[1].low) && std::isnan(enough[1].high));
}

TEST(JackknifePlus, EachTargetHasItsOwnInterval) {
  const std::vector<double> y = {1, 10, 3, 30};
  BagTable table(2, {Outcome::values, 1, 2});
  table.add(std::vector<std::uint32_t>{0, 2}, std::vector<float>{1, 100});
  table.add(std::vector<std::uint32_t>{2, 0}, std::vector<float>{2, 200});
  const JackknifePlus conformal({.outcome = Outcome::values, .num_outputs = 2, .values = y},
                                std::vector<float>{1, 0, 2, 0});
  const auto intervals = conformal.intervals(table, 0.4);  // ends at the least and the largest of the two
  EXPECT_EQ(intervals[0].low, std::min(1.0 - 0, 2.0 - 1));
  EXPECT_EQ(intervals[0].high, std::max(1.0 + 0, 2.0 + 1));
  EXPECT_EQ(intervals[1].low, std::min(100.0 - 10, 200.0 - 30));
  EXPECT_EQ(intervals[1].high, std::max(100.0 + 10, 200.0 + 30));
}

TEST(JackknifePlus, IsNotForClasses) {
  const std::vector<std::int32_t> labels = {0};
  EXPECT_THROW(JackknifePlus({.outcome = Outcome::classes, .num_outputs = 1, .labels = labels}, std::vector<float>{1}),
               ConfigError);
}

}  // namespace
}  // namespace jury
