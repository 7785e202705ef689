#include "models/metrics/crps.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "runtime/base/rng.hpp"

namespace jury {
namespace {

// The definition: the integral of (P(X <= x) - [x >= y])^2, by the trapezoidal rule.
double integral(double y, const std::vector<double>& means, const std::vector<double>& variances,
                const std::vector<double>& weights) {
  double total = 0;
  for (const double weight : weights) total += weight;
  const double step = 1e-3;
  double sum = 0;
  for (double x = -30 + step / 2 + y; x < 30 + y; x += step) {
    double below = 0;
    for (std::size_t i = 0; i < means.size(); ++i)
      below += weights[i] / total * 0.5 * std::erfc((means[i] - x) / std::sqrt(2 * variances[i]));
    const double gap = below - (x >= y ? 1.0 : 0.0);
    sum += gap * gap * step;
  }
  return sum;
}

TEST(Crps, OfAStandardNormalAtItsMeanIsKnown) {
  // (sqrt 2 - 1) / sqrt pi.
  EXPECT_NEAR(crps_of_normal(0, 0, 1), 0.23369497725510913, 1e-15);
  EXPECT_NEAR(crps_of_normal(5, 3, 4), 2 * crps_of_normal(1, 0, 1), 1e-15) << "in the unit of y";
  EXPECT_EQ(crps_of_normal(5, 3, 0), 2) << "a sure prediction";
  EXPECT_TRUE(std::isnan(crps_of_normal(5, 3, -1)));
}

TEST(Crps, OfAMixtureIsTheIntegralThatDefinesIt) {
  const std::vector<double> means = {-1, 0.5, 3}, variances = {0.25, 2, 1}, weights = {2, 1, 0.5};
  for (const double y : {-2.0, 0.1, 4.0})
    EXPECT_NEAR(crps_of_mixture(y, means, variances, weights), integral(y, means, variances, weights), 1e-6) << y;
}

TEST(Crps, OfAMixtureOfEqualMembersIsThatOfOne) {
  const std::vector<double> means(4, 1.5), variances(4, 0.5);
  EXPECT_NEAR(crps_of_mixture(2, means, variances), crps_of_normal(2, 1.5, 0.5), 1e-15);
}

TEST(Crps, OfPointsIsTheMeanDistanceLessHalfOfThatAmongThem) {
  const std::vector<double> members = {1, 4, 5};
  EXPECT_NEAR(crps_of_mixture(3, members), (2 + 1 + 2) / 3.0 - (3 + 4 + 1) / 9.0, 1e-15);
  EXPECT_EQ(crps_of_mixture(3, std::vector<double>{1}), 2);
  EXPECT_TRUE(std::isnan(crps_of_mixture(3, {})));
}

TEST(Crps, IsLeastOnAverageForTheTrueDistribution) {
  Rng rng(5);
  double right = 0, narrow = 0, wide = 0, aside = 0;
  for (int i = 0; i < 20000; ++i) {
    const double y = rng.normal();
    right += crps_of_normal(y, 0, 1);
    narrow += crps_of_normal(y, 0, 0.5);
    wide += crps_of_normal(y, 0, 2);
    aside += crps_of_normal(y, 0.3, 1);
  }
  EXPECT_LT(right, narrow);
  EXPECT_LT(right, wide);
  EXPECT_LT(right, aside);
  EXPECT_NEAR(right / 20000, std::numbers::inv_sqrtpi, 0.01) << "half the mean distance of two normal numbers";
}

}  // namespace
}  // namespace jury
