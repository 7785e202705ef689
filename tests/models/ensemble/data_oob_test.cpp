#include "models/ensemble/data_oob.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "models/ensemble/bootstrap.hpp"
#include "runtime/base/numbers.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::NanSensitiveDoubleEq;

constexpr double kNoValue = std::numeric_limits<double>::quiet_NaN();

TEST(DataOob, OfClassesIsTheShareOfOutOfBagMembersThatAreRight) {
  const std::vector<std::int32_t> labels = {0, 1, 1};
  DataOob value({.outcome = Outcome::classes, .num_outputs = 2, .labels = labels});
  value.add(std::vector<float>{1, 0, 0.5F, 0.5F, kFloatNaN, kFloatNaN});  // the tie is a vote for class 0
  value.add(std::vector<float>{0, 1, 0, 1, kFloatNaN, kFloatNaN});
  value.add(std::vector<float>{1, 0, kFloatNaN, kFloatNaN, kFloatNaN, kFloatNaN});
  EXPECT_THAT(value.values(), ElementsAre(DoubleEq(2.0 / 3), 0.5, NanSensitiveDoubleEq(kNoValue)));
  EXPECT_THAT(value.counts(), ElementsAre(3, 2, 0));
}

TEST(DataOob, OfValuesIsMinusTheMeanSquaredErrorOfTheMeans) {
  const std::vector<double> values = {1, 2, 3, 4};
  DataOob value(
      {.outcome = Outcome::values, .num_outputs = 2, .values = values, .kind = ValueKind::means_and_variances});
  value.add(std::vector<float>{0, 2, 9, 9, 3, 4, 9, 9});
  value.add(std::vector<float>{1, 5, 9, 9, 3, 4, 9, kFloatNaN});
  EXPECT_THAT(value.values(), ElementsAre(-(0.5 + 4.5) / 2, 0));
}

TEST(DataOob, LeastValuableRowsComeInOrderTiesToTheLowestRow) {
  const std::vector<double> values = {0.5, kNoValue, 0, 0.5, 0, 1};
  EXPECT_THAT(least_valuable(values, 3), ElementsAre(2, 4, 0));
  EXPECT_THAT(least_valuable(values, 100), ElementsAre(2, 4, 0, 3, 5));
  EXPECT_THAT(least_valuable(values, 0), IsEmpty());
  EXPECT_THAT(least_valuable({}, 3), IsEmpty());
}

// Members name the class whose mean is nearer in their bag; ten of a hundred labels are turned.
TEST(DataOob, FindsTurnedLabels) {
  Rng rng(4);
  std::vector<double> x;
  std::vector<std::int32_t> labels;
  for (std::size_t i = 0; i < 100; ++i) {
    const auto label = static_cast<std::int32_t>(i % 2);
    x.push_back(4.0 * label + rng.normal() * 0.5);
    labels.push_back(i < 10 ? 1 - label : label);
  }
  std::vector<std::uint32_t> rows(100);
  std::iota(rows.begin(), rows.end(), 0U);
  DataOob value({.outcome = Outcome::classes, .num_outputs = 2, .labels = labels});
  for (int b = 0; b < 60; ++b) {
    const auto counts = bag_counts(bag(rows, {}, {}, rng), 100);
    double sums[2] = {}, weights[2] = {};
    for (std::size_t i = 0; i < 100; ++i) {
      sums[labels[i]] += counts[i] * x[i];
      weights[labels[i]] += counts[i];
    }
    const double middle = (sums[0] / weights[0] + sums[1] / weights[1]) / 2;
    std::vector<float> p(200, kFloatNaN);
    for (std::size_t i = 0; i < 100; ++i) {
      if (counts[i] > 0) continue;
      p[2 * i] = x[i] < middle ? 1 : 0;
      p[2 * i + 1] = 1 - p[2 * i];
    }
    value.add(p);
  }
  EXPECT_THAT(least_valuable(value.values(), 10), testing::UnorderedElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
}

}  // namespace
}  // namespace jury
