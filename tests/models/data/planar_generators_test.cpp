#include "models/data/planar_generators.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "models/data/generators.hpp"
#include "models/data/load.hpp"
#include "runtime/base/error.hpp"
#include "support/error_of.hpp"

namespace jury {
namespace {

Dataset draw_planar(const char* name, std::int64_t rows, double noise) {
  return Dataset::own(load_dataset({.generator = name, .rows = rows, .noise = noise}, 7));
}

double x(const Dataset& data, std::size_t row, std::size_t column) {
  return static_cast<double>(data.numeric()[row * data.num_numeric() + column]);
}

TEST(PlanarGenerators, WithoutNoiseMoonsLieOnTheirHalfCircles) {
  const Dataset data = draw_planar("moons", 500, 0);
  for (std::size_t row = 0; row < data.rows(); ++row) {
    const bool second = data.labels()[row] == 1;
    EXPECT_NEAR(std::hypot(x(data, row, 0) - (second ? 1 : 0), x(data, row, 1) - (second ? 0.5 : 0)), 1, 1e-6);
    EXPECT_TRUE(second ? x(data, row, 1) <= 0.5 + 1e-6 : x(data, row, 1) >= -1e-6);
    EXPECT_EQ(data.posterior()[row * 2 + (second ? 1 : 0)], 1);
  }
}

// The first points of Lang and Witbrock's 97: i = 0 is (0, 6.5), i = 8 (6, 0), i = 96 (0, 0.5).
TEST(PlanarGenerators, WithoutNoiseSpiralsAreThoseOfTheirAuthors) {
  const Dataset data = draw_planar("spirals", 500, -1);
  const double pi = std::acos(-1.0);
  for (std::size_t row = 0; row < data.rows(); ++row) {
    const bool second = data.labels()[row] == 1;
    const double a = second ? -x(data, row, 0) : x(data, row, 0), b = second ? -x(data, row, 1) : x(data, row, 1);
    const double t = 104 * (1 - std::hypot(a, b) / 6.5);
    EXPECT_TRUE(t > -1e-4 && t < 96 + 1e-4) << t;
    EXPECT_NEAR(std::cos(t * pi / 16), b / std::hypot(a, b), 1e-4);
    EXPECT_NEAR(std::sin(t * pi / 16), a / std::hypot(a, b), 1e-4);
    EXPECT_EQ(data.posterior()[row * 2 + (second ? 1 : 0)], 1);
  }
}

TEST(PlanarGenerators, CheckerboardHasSixteenFieldsInTurn) {
  const Dataset data = draw_planar("checkerboard", 2000, 0);
  std::map<int, int> counts;
  for (std::size_t row = 0; row < data.rows(); ++row) {
    const int i = static_cast<int>(x(data, row, 0)), j = static_cast<int>(x(data, row, 1));
    ASSERT_TRUE(i >= 0 && i < 4 && j >= 0 && j < 4);
    EXPECT_EQ(data.labels()[row], (i + j) % 2);
    ++counts[4 * i + j];
  }
  EXPECT_EQ(counts.size(), 16U);
  for (const auto& [field, count] : counts) EXPECT_NEAR(count, 125, 45) << field;  // four standard deviations
}

TEST(PlanarGenerators, NoiseOfTheCheckerboardIsTheShareOfWrongClasses) {
  const Dataset data = draw_planar("checkerboard", 4000, 0.2);
  double wrong = 0;
  for (std::size_t row = 0; row < data.rows(); ++row) {
    const double p = data.posterior()[row * 2 + static_cast<std::size_t>(data.labels()[row])];
    EXPECT_TRUE(p == 0.2 || p == 0.8);
    wrong += p == 0.2 ? 1 : 0;
  }
  EXPECT_NEAR(wrong / 4000, 0.2, 0.026);
  EXPECT_EQ(error_of<ConfigError>([] { draw_planar("checkerboard", 10, 0.5); }),
            "data.noise = 0.5 is out of range (of the checkerboard it is the share of wrong classes, below 0.5)");
}

// Far more points on each curve than answer_moons() takes, summed without care.
TEST(PlanarGenerators, PosteriorsOfMoonsAreThoseOfAFineSum) {
  const double sd = 0.3, pi = std::acos(-1.0);
  const Dataset data = draw_planar("moons", 40, sd);
  for (std::size_t row = 0; row < data.rows(); ++row) {
    double density[2] = {0, 0};
    for (int k = 0; k < 20000; ++k) {
      const double t = pi * (k + 0.5) / 20000;
      density[0] += std::exp(
          -0.5 * (std::pow(x(data, row, 0) - std::cos(t), 2) + std::pow(x(data, row, 1) - std::sin(t), 2)) / (sd * sd));
      density[1] += std::exp(
          -0.5 * (std::pow(x(data, row, 0) - 1 + std::cos(t), 2) + std::pow(x(data, row, 1) - 0.5 + std::sin(t), 2)) /
          (sd * sd));
    }
    EXPECT_NEAR(data.posterior()[row * 2], density[0] / (density[0] + density[1]), 2e-3);
  }
}

// Of the rows with P(c|x) near p, a share of about p is of class c.
TEST(PlanarGenerators, PosteriorsAreTheFrequenciesOfTheClasses) {
  const struct {
    const char* name;
    double noise;
    std::int64_t rows;
  } cases[] = {{"moons", 0.5, 5000}, {"spirals", 0.6, 3000}};
  for (const auto& c : cases) {
    const Dataset data = draw_planar(c.name, c.rows, c.noise);
    double gap = 0, sum = 0;
    for (std::size_t row = 0; row < data.rows(); ++row) {
      const double p = data.posterior()[row * 2];
      EXPECT_NEAR(p + data.posterior()[row * 2 + 1], 1, 1e-12);
      if (p < 0.1 || p > 0.6) continue;
      gap += p - (data.labels()[row] == 0 ? 1 : 0);
      sum += p * (1 - p);
    }
    EXPECT_GT(sum, 20) << c.name;
    EXPECT_LT(std::abs(gap), 4 * std::sqrt(sum)) << c.name;
  }
}

// Var[f] = w' R w with R_ij = 0.5^|i-j|: 9 + 2.25 + 4 + 2 (3 x 1.5 x 0.5 + 3 x 2 / 16 + 1.5 x 2 / 8) = 21.25.
TEST(LinearGenerator, HasThePublishedVarianceAndNoise) {
  const Dataset data = draw_planar("linear", 20000, -1);
  double truth = 0, noise = 0, product = 0;
  for (std::size_t row = 0; row < data.rows(); ++row) {
    EXPECT_NEAR(data.truth()[row], 3 * x(data, row, 0) + 1.5 * x(data, row, 1) + 2 * x(data, row, 4), 1e-9);
    truth += data.truth()[row] * data.truth()[row];
    noise += std::pow(data.targets()[row] - data.truth()[row], 2);
    product += x(data, row, 2) * x(data, row, 4);
  }
  EXPECT_NEAR(truth / 20000, 21.25, 0.85);  // four standard errors of a sum of squares
  EXPECT_NEAR(noise / 20000, 9, 0.36);
  EXPECT_NEAR(product / 20000, 0.25, 0.03);
}

TEST(GeneratedTable, HasTheFloatsOfTheDatasetInFewDigits) {
  const Dataset data = draw_planar("moons", 50, 0.1);
  const RawTable table = table_of(data, Answers::kept);
  ASSERT_EQ(table.columns.size(), 5U);
  EXPECT_EQ(table.columns[2].name, "p1");
  EXPECT_EQ(table.columns[4].name, "y");
  for (std::size_t row = 0; row < 50; ++row) {
    EXPECT_EQ(static_cast<float>(table.columns[0].numbers[row]), data.numeric()[row * 2]);
    EXPECT_LE(std::to_string(static_cast<long long>(table.columns[0].numbers[row] * 1e12)).size(), 14U);
    EXPECT_EQ(table.columns[3].numbers[row], data.posterior()[row * 2 + 1]);
    EXPECT_EQ(table.columns[4].numbers[row], data.labels()[row] + 1);
  }
  EXPECT_EQ(table_of(draw_planar("linear", 5, -1), Answers::kept).columns[8].name, "truth");
  EXPECT_EQ(table_of(data, Answers::left_out).columns.size(), 3U);
}

}  // namespace
}  // namespace jury
