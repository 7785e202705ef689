#include "search/sampler/parzen_estimator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "search/sampler/spaces.hpp"

namespace jury {
namespace {

const double kNone = std::nan("");
using Points = std::vector<std::vector<double>>;

double density(const ParzenEstimator& estimator, const std::vector<double>& unit) {
  return std::exp(estimator.log_density(unit));
}

TEST(ParzenEstimator, IntegratesToOneOverContinuousAndDiscreteParameters) {
  const Space space =
      space_of({{"a", "uniform(0, 1)"}, {"b", "choice('x', 'y', 'z')"}, {"c", "int(1, 4)"}, {"d", "logint(1, 200)"}});
  const auto unit = [&](double a, double b, double c, double d) {
    return space.unit_vector(space.assign(std::vector<double>{a, b, c, d}), kNone);
  };
  const Points points = {unit(0.05, 0.1, 0.1, 0), unit(0.07, 0.5, 0.1, 0.9), unit(0.9, 0.1, 0.9, 0.95)};
  const ParzenEstimator estimator(space, points, std::vector<double>{1, 2, 3});
  double sum = 0;
  for (double a = 0.0025; a < 1; a += 0.005)
    for (double b : {0.1, 0.5, 0.9})
      for (std::int64_t c = 0; c < 4; ++c)
        for (std::int64_t d = 0; d < 200; d += 1)
          sum += 0.005 * density(estimator, {a, b, space.parameters()[2].distribution.cell(c).middle(),
                                             space.parameters()[3].distribution.cell(d).middle()});
  EXPECT_NEAR(sum, 1, 0.01);  // narrow cells are taken as width times density
}

TEST(ParzenEstimator, IsTheMixtureOfItsKernelsAndTheUniformPrior) {
  const Space space = space_of({{"a", "uniform(0, 1)"}});
  const ParzenEstimator estimator(space, Points{{0.3}}, std::vector<double>{5});
  // Neighbours of 0.3 are 0 and the prior's 1/2: deviation 0.3; the prior weighs as much as the point.
  const auto cdf = [](double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); };
  const double z = (0.4 - 0.3) / 0.3;
  const double kernel = std::exp(-0.5 * z * z) / (0.3 * std::sqrt(2 * std::numbers::pi)) / (cdf(0.7 / 0.3) - cdf(-1));
  EXPECT_NEAR(density(estimator, {0.4}), 0.5 * kernel + 0.5, 1e-12);
}

TEST(ParzenEstimator, KernelsOfManyPointsAreNotNarrowerThanThreePercent) {
  const Space space = space_of({{"a", "uniform(0, 1)"}});
  const ParzenEstimator estimator(space, Points(20, {0.7}), std::vector<double>(20, 1.0));
  const double peak = 1 / (0.03 * std::sqrt(2 * std::numbers::pi));
  // Two of the twenty reach to 1/2 and to 1; the others are at the least deviation.
  EXPECT_NEAR(density(estimator, {0.7}), 18.0 / 21 * peak, 0.1 * peak);
  EXPECT_LT(density(estimator, {0.7}), 20.0 / 21 * peak);
}

TEST(ParzenEstimator, OtherLevelsOfAChoiceShareAFifth) {
  const Space space = space_of({{"b", "choice('x', 'y', 'z')"}});
  const ParzenEstimator estimator(space, Points{{0.5}}, std::vector<double>{1});
  EXPECT_NEAR(density(estimator, {0.5}), 0.5 * 0.8 + 0.5 / 3, 1e-12);
  EXPECT_NEAR(density(estimator, {0.1}), 0.5 * 0.1 + 0.5 / 3, 1e-12);
}

TEST(ParzenEstimator, WithoutPointsIsUniform) {
  const Space space = space_of({{"a", "uniform(0, 1)"}, {"b", "choice('x', 'y')"}});
  const ParzenEstimator estimator(space, {}, {});
  EXPECT_NEAR(density(estimator, {0.123, 0.25}), 0.5, 1e-12);
}

TEST(ParzenEstimator, InactiveParametersAreIntegratedOut) {
  const Space space = space_of({{"a", "uniform(0, 1)"}, {"b", "uniform(0, 1) when a > 0.5"}});
  const ParzenEstimator estimator(space, Points{{0.8, 0.2}, {0.3, kNone}}, std::vector<double>{1, 1});
  double integral = 0;
  for (double b = 0.0005; b < 1; b += 0.001) integral += 0.001 * density(estimator, {0.4, b});
  EXPECT_NEAR(density(estimator, {0.4, kNone}), integral, 1e-4);
}

TEST(ParzenEstimator, DrawsFollowTheDensity) {
  const Space space = space_of({{"a", "uniform(0, 1)"}, {"b", "choice('x', 'y')"}, {"c", "uniform(0, 1)"}});
  const ParzenEstimator estimator(space, Points{{0.02, 0.25, kNone}, {0.7, 0.75, 0.9}}, std::vector<double>{1, 3});
  Rng rng(3);
  constexpr int draws = 40000;
  std::vector<double> counts(20);
  for (int i = 0; i < draws; ++i) {
    const std::vector<double> unit = estimator.draw(rng);
    counts[static_cast<std::size_t>(unit[0] * 10) + (unit[1] < 0.5 ? 0U : 10U)] += 1.0 / draws;
  }
  for (std::size_t bin = 0; bin < 20; ++bin) {
    double expected = 0;
    for (int k = 0; k < 50; ++k)
      expected += 0.002 * density(estimator, {static_cast<double>(bin % 10) / 10 + 0.002 * k + 0.001,
                                              bin < 10 ? 0.25 : 0.75, kNone});
    EXPECT_NEAR(counts[bin], expected, 5 * std::sqrt(expected / draws)) << bin;
  }
}

}  // namespace
}  // namespace jury
