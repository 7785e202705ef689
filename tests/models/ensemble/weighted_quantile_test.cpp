#include "models/ensemble/weighted_quantile.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "runtime/base/rng.hpp"

namespace jury {
namespace {

TEST(WeightedQuantile, OfEqualWeightsIsTheMiddle) {
  EXPECT_EQ(weighted_quantile({{4}, {1}, {3}}, 0.5), 3);
  EXPECT_EQ(weighted_quantile({{4}, {1}, {3}, {2}}, 0.5), 2.5);
  EXPECT_EQ(weighted_quantile({{4}, {1}, {3}, {2}}, 0.75), 3.5);
  EXPECT_EQ(weighted_quantile({{4}, {1}, {3}, {2}}, 0.8), 4);
  EXPECT_EQ(weighted_quantile({{4}, {1}, {3}, {2}}, 0), 1);
  EXPECT_EQ(weighted_quantile({{4}, {1}, {3}, {2}}, 1), 4);
  EXPECT_EQ(weighted_quantile({{7}}, 0.3), 7);
}

// 0.1 + 0.2 + 0.3 is not 0.6 in doubles.
TEST(WeightedQuantile, AnExactShareIsFoundDespiteRounding) {
  EXPECT_EQ(weighted_quantile({{1, 0.1}, {2, 0.2}, {3, 0.3}, {5, 0.6}}, 0.5), 4);
}

TEST(WeightedQuantile, RowsWithoutWeightDoNotCount) {
  EXPECT_EQ(weighted_quantile({{1}, {2, 0}, {5}}, 0.5), 3);
  EXPECT_EQ(weighted_quantile({{1, 0}, {2}, {5, 0}}, 1), 2);
}

TEST(WeightedQuantile, AWeightIsAsManyRepeats) {
  Rng rng(1);
  std::vector<WeightedValue> weighted, repeated;
  for (int i = 0; i < 30; ++i) {
    const double value = rng.normal();
    const auto times = rng.below(4);
    weighted.push_back({value, static_cast<double>(times)});
    for (std::uint64_t k = 0; k < times; ++k) repeated.push_back({value});
  }
  for (const double share : {0.0, 0.1, 0.25, 0.5, 0.9, 1.0})
    EXPECT_EQ(weighted_quantile(weighted, share), weighted_quantile(repeated, share)) << share;
}

TEST(WeightedQuantile, NoOtherValueHasLessPinballLoss) {
  Rng rng(2);
  std::vector<WeightedValue> values;
  for (int i = 0; i < 25; ++i) values.push_back({rng.normal(), rng.uniform()});
  for (const double share : {0.1, 0.5, 0.77}) {
    const auto loss = [&](double v) {
      double sum = 0;
      for (const auto& [value, weight] : values)
        sum += weight * (value > v ? share * (value - v) : (1 - share) * (v - value));
      return sum;
    };
    const double least = loss(weighted_quantile(values, share));
    for (const auto& [value, weight] : values) EXPECT_GE(loss(value), least - 1e-12) << share;
  }
}

}  // namespace
}  // namespace jury
